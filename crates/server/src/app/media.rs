//! Looking at the files that Meta is to fetch before it is asked: is each public, there, of the right kind and
//! not too large? Only what stands before a file is read, and what cannot be known is left to Meta.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jetbridge_domain::media::{Media, Unusable};
use jetbridge_egress::{Failure, Head};
use url::Url;

use super::App;

/// A file may be elsewhere, but not without end.
const REDIRECTS: usize = 3;
/// How many of a post's files are looked at at a time.
const AT_ONCE: usize = 8;

/// Answers the first file that Meta cannot use, and why.
pub async fn check(app: &App, media: Vec<Media>) -> Result<(), (&'static str, Unusable)> {
    let time = app.config.meta.media_check;
    if time.is_zero() {
        return Ok(());
    }
    let looks = media.into_iter().map(|media| async move {
        look(app, &media, time).await.map_err(|why| {
            tracing::info!(field = media.field, why = why.word(), "a file that Meta cannot use");
            (media.field, why)
        })
    });
    stream::iter(looks).buffer_unordered(AT_ONCE).try_collect().await
}

async fn look(app: &App, media: &Media, time: Duration) -> Result<(), Unusable> {
    let mut url = Url::parse(&media.url).map_err(|_| Unusable::NotPublic)?;
    for _ in 0..=REDIRECTS {
        let head = match app.egress.look(&url, time).await {
            Ok(head) => head,
            Err(Failure::Refused { .. } | Failure::BadUrl(_)) => return Err(Unusable::NotPublic),
            Err(failure) => {
                tracing::debug!(why = failure.class(), "a file was not looked at");
                return Ok(());
            }
        };
        match judged(media, &head)? {
            None => return Ok(()),
            Some(elsewhere) => url = url.join(elsewhere).map_err(|_| Unusable::Redirects)?,
        }
    }
    Err(Unusable::Redirects)
}

/// Where to look next, if anywhere.
fn judged<'h>(media: &Media, head: &'h Head) -> Result<Option<&'h str>, Unusable> {
    match head.status.as_u16() {
        200..=299 => media.check(head.media_type.as_deref(), head.length).map(|()| None),
        300..=399 => head.location.as_deref().map(Some).ok_or(Unusable::Redirects),
        // There, but with nothing in it, or asked too often: Meta may fare better.
        416 | 429 => Ok(None),
        400..=499 => Err(Unusable::NotThere),
        _ => Ok(None),
    }
}

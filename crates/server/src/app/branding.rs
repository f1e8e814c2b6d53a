//! How a partner appears to clients: its settings, and what a link's pages take from them.

use std::time::Duration;

use jetbridge_domain::branding::{
    Branding, LOGO_AT_MOST, LOGO_SIDE_AT_MOST, Logo, LogoState, LogoTrouble, LogoUrl, NewBranding,
    PictureKind,
};
use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::id::{LogoId, PartnerId};
use jetbridge_domain::onboarding::Link;
use jetbridge_egress::{Answer, Failure};
use jetbridge_store::db::Tx;
use jetbridge_store::{brandings, logos, partners};
use url::Url;

use super::{App, Refusal};

/// Who asks, as a link's pages show it: the link's own face before the partner's.
#[derive(Debug, Clone)]
pub struct Who {
    /// The name.
    pub name: String,
    /// The partner's branding.
    pub branding: Branding,
    /// The picture, where one is kept.
    pub logo: Option<LogoId>,
}

/// Reads who asks with a link.
pub async fn who(tx: &mut Tx, link: &Link) -> Result<Who, Refusal> {
    let partner = partners::get(tx, &link.partner).await?.ok_or(Refusal::NoSuchLink)?;
    let branding = brandings::get(tx, &link.partner).await?;
    let mut logo = None;
    for url in [link.face.logo.as_ref(), branding.logo.as_ref()].into_iter().flatten() {
        let found = logos::find(tx, &link.partner, url).await?;
        logo = logo.or(found.filter(|l| matches!(l.state, LogoState::Kept(_))).map(|l| l.id));
    }
    let name = branding.display_name.as_ref().map_or(partner.name, |n| n.as_str().to_owned());
    Ok(Who { name, branding, logo })
}

/// Changes a partner's branding, in the caller's transaction. A logo that is set is fetched soon
/// after, also where it was set before.
pub async fn set(tx: &mut Tx, app: &App, partner: &PartnerId, new: &NewBranding) -> Result<(), Refusal> {
    let now = app.clock.now();
    let mut branding = brandings::lock(tx, partner).await?;
    new.apply(&mut branding);
    brandings::set(tx, partner, &branding, now).await?;
    if let (false, Some(url)) = (new.logo.is_keep(), &branding.logo) {
        logos::want(tx, &app.vault, partner, url, true, now).await?;
    }
    Ok(())
}

/// A partner's branding, and how far its logo is.
pub async fn get(app: &App, partner: &PartnerId) -> Result<(Branding, Option<Logo>), Refusal> {
    app.db
        .read(partner.clone(), |tx, partner| {
            Box::pin(async move {
                let branding = brandings::get(tx, partner).await?;
                let logo = match &branding.logo {
                    Some(url) => logos::find(tx, partner, url).await?,
                    None => None,
                };
                Ok((branding, logo))
            })
        })
        .await
}

/// A picture that is kept.
pub async fn picture(app: &App, id: &LogoId) -> Result<Option<(PictureKind, Vec<u8>)>, Refusal> {
    let read = app.db.read(id.clone(), |tx, id| Box::pin(logos::picture(tx, id)));
    Ok(read.await?)
}

/// How long a picture's server has to send it.
const PATIENCE: Duration = Duration::from_secs(10);

/// After this, one that is being fetched may be taken by another process.
const LEASE: Span = Span::minutes(2);

/// How often a picture is tried whose server does not answer.
const TRIES: i64 = 5;

/// Fetches the pictures that are due; answers how many there were.
pub async fn fetch_due(app: &App) -> Result<usize, Refusal> {
    let now = app.clock.now();
    let due = app
        .db
        .write((now, now.plus(LEASE)), |tx, (now, until)| Box::pin(logos::claim(tx, *now, *until, 8)))
        .await?;
    let fetched = due.len();
    for (logo, tries) in due {
        let outcome = fetch(app, &logo.url).await;
        let next_at = match &outcome {
            Err(trouble) if trouble.may_pass() && tries + 1 < TRIES => Some(again_at(app.clock.now(), tries)),
            _ => None,
        };
        app.db
            .write((logo.id, outcome, next_at), |tx, (id, outcome, next_at)| {
                Box::pin(async move {
                    match outcome {
                        Ok((kind, picture)) => logos::keep(tx, id, *kind, picture).await,
                        Err(trouble) => {
                            tracing::warn!(logo_id = %id, why = trouble.word(), "a logo could not be had");
                            logos::fail(tx, id, *trouble, *next_at).await
                        }
                    }
                })
            })
            .await?;
    }
    Ok(fetched)
}

/// After one minute, four, sixteen, about an hour.
fn again_at(now: Time, tries: i64) -> Time {
    now.plus(Span::minutes(1 << (2 * tries.clamp(0, 4))))
}

async fn fetch(app: &App, url: &LogoUrl) -> Result<(PictureKind, Vec<u8>), LogoTrouble> {
    let url = Url::parse(url.as_str()).map_err(|_| LogoTrouble::Address)?;
    let answer = app.egress.get(&url, Vec::new(), LOGO_AT_MOST + 1, PATIENCE).await.map_err(|failure| {
        tracing::debug!(why = failure.class(), "a logo's server did not answer");
        match failure {
            Failure::Refused { .. } | Failure::BadUrl(_) | Failure::Header { .. } => LogoTrouble::Address,
            _ => LogoTrouble::Unanswered,
        }
    })?;
    judged(&answer)
}

/// What an answer is worth: all of a picture, or why it is none.
fn judged(answer: &Answer) -> Result<(PictureKind, Vec<u8>), LogoTrouble> {
    if !answer.status.is_success() {
        return Err(LogoTrouble::Unanswered);
    }
    if answer.body.len() > LOGO_AT_MOST {
        return Err(LogoTrouble::TooLarge);
    }
    if !answer.whole {
        return Err(LogoTrouble::Unanswered);
    }
    let kind = picture_kind(&answer.body)?;
    Ok((kind, answer.body.to_vec()))
}

/// What a picture is, by its content.
fn picture_kind(bytes: &[u8]) -> Result<PictureKind, LogoTrouble> {
    let kind = match imagesize::image_type(bytes) {
        Ok(imagesize::ImageType::Png) => PictureKind::Png,
        Ok(imagesize::ImageType::Jpeg) => PictureKind::Jpeg,
        _ => return Err(LogoTrouble::WrongKind),
    };
    let size = imagesize::blob_size(bytes).map_err(|_| LogoTrouble::WrongKind)?;
    let most = usize::try_from(LOGO_SIDE_AT_MOST).unwrap_or(usize::MAX);
    if size.width > most || size.height > most { Err(LogoTrouble::TooManyPixels) } else { Ok(kind) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn a_picture_is_what_it_contains() {
        assert_eq!(picture_kind(&png(64, 64)), Ok(PictureKind::Png));
        assert_eq!(picture_kind(&png(4096, 4096)), Ok(PictureKind::Png));
        assert_eq!(picture_kind(&png(4097, 1)), Err(LogoTrouble::TooManyPixels));
        let jpeg = b"\xff\xd8\xff\xc0\0\x0b\x08\0\x10\0\x20\x01\x01\x11\0";
        assert_eq!(picture_kind(jpeg), Ok(PictureKind::Jpeg));
        for wrong in
            [&b""[..], b"<svg/>", b"GIF89a\x01\0\x01\0", b"\x89PNG\r\n\x1a\n", b"<html>", b"\xff\xd8\xff"]
        {
            assert_eq!(picture_kind(wrong), Err(LogoTrouble::WrongKind), "{wrong:?}");
        }
    }

    #[test]
    fn only_a_whole_picture_counts() {
        let answer = |status: u16, body: Vec<u8>, whole| Answer {
            status: status.try_into().unwrap(),
            retry_after: None,
            body: body.into(),
            whole,
        };
        let mut large = png(64, 64);
        large.resize(LOGO_AT_MOST, 0);
        assert_eq!(judged(&answer(200, large.clone(), true)).unwrap().1, large);
        large.push(0);
        assert_eq!(judged(&answer(200, large, false)), Err(LogoTrouble::TooLarge));
        assert_eq!(judged(&answer(200, png(64, 64), false)), Err(LogoTrouble::Unanswered));
        for status in [301, 404, 500] {
            assert_eq!(judged(&answer(status, png(64, 64), true)), Err(LogoTrouble::Unanswered));
        }
    }

    #[test]
    fn the_waits_grow() {
        let start = Time::from_seconds(0);
        let waits: Vec<i64> = (0..4).map(|n| again_at(start, n).as_seconds()).collect();
        assert_eq!(waits, [60, 240, 960, 3840]);
    }
}

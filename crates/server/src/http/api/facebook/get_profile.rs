//! `POST /api/facebook/getProfile`: who a person is.

use axum::extract::State;
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_meta::Profile;
use serde_json::{Value, json};

use super::listing::{CONNECTION, plain};
use super::send_message::meta_id;
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed;
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Kind, Method, Operation, may, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "getProfile",
    method: Method::Post,
    summary: "Read who a person is",
    text: "For types 1 and 2: as far as Meta tells, which is only once the person has written. Anything but the id \
           may be missing.",
    input: &[CONNECTION, must("id", Kind::Text, "The person, by the id of an event's `from`.")],
    answer: &[
        must("id", Kind::Text, "The person."),
        may("name", Kind::Text, "The whole name."),
        may("first_name", Kind::Text, "The first name; Messenger's."),
        may("last_name", Kind::Text, "The last name; Messenger's."),
        may("username", Kind::Text, "The handle; Instagram's."),
        may(
            "picture",
            Kind::Text,
            "Where the picture is. The address lapses within days: keep the picture, not it.",
        ),
        may("followers", Kind::Integer(0, i64::MAX), "How many follow them; Instagram's."),
        may("follows_you", Kind::Flag, "Whether they follow the account; Instagram's."),
        may("followed_by_you", Kind::Flag, "Whether the account follows them; Instagram's."),
        may("verified", Kind::Flag, "Whether Instagram verified them."),
    ],
    reasons: &[
        Reason::NoSuchConnection,
        Reason::NotOffered,
        Reason::MustReconnect,
        Reason::MetaRefused,
        Reason::Recipient,
        Reason::MetaFailing,
        Reason::Parameter,
    ],
    sample: || {
        Ok(Answer::fine(&view(&Profile {
            id: "6789012345678901".to_owned(),
            name: Some("Dana Levi".to_owned()),
            first_name: Some("Dana".to_owned()),
            last_name: Some("Levi".to_owned()),
            username: Some("dana.levi".to_owned()),
            picture: Some("https://scontent.example.com/dana.jpg".to_owned()),
            followers: Some(120),
            follows_us: Some(true),
            followed_by_us: Some(false),
            verified: Some(false),
        }))?)
    },
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","id":"6789012345678901"}"#,
    ..Operation::BASE
};

fn view(profile: &Profile) -> Value {
    plain(json!({
        "id": profile.id,
        "name": profile.name,
        "first_name": profile.first_name,
        "last_name": profile.last_name,
        "username": profile.username,
        "picture": profile.picture,
        "followers": profile.followers,
        "follows_you": profile.follows_us,
        "followed_by_you": profile.followed_by_us,
        "verified": profile.verified,
    }))
}

/// Reads it from Meta.
pub async fn handler(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let body = Object::parse(&call.body)?;
    let products = &[Product::Messenger, Product::InstagramMessaging];
    let (connection, token) = deed::acting(&web.app, &call, connection_id(&body)?, products).await?;
    let person = meta_id(&body, "id", Reason::Recipient)?;
    let came = web.app.meta.profile(&person, &token, connection.product.platform()).await;
    let profile = deed::settled(&web.app, &connection, &token, came).await?;
    Answer::fine(&view(&profile))
}

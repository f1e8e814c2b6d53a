//! `POST /api/facebook/graph`: whatever else Meta offers for a connection's own asset.

use axum::extract::State;
use jetbridge_domain::connection::Connection;
use jetbridge_domain::id::{ActId, ConnectionId};
use jetbridge_domain::inputs::{self, Invalid};
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_meta::{GraphMethod, MetaError};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::listing::CONNECTION;
use crate::app::App;
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed::{self, Deed, Done, Errand};
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Kind, Method, Operation, may, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "graph",
    method: Method::Post,
    summary: "Call the Graph API",
    text: "For every type: what has no call of its own here. The path begins with the Page's id, for types 2 and 4 \
           with the Instagram account's, or with the id of a post of the Page's; `me` stands for the asset. Type 2 has \
           the Page's edges of messages too. Tokens are left out of what Meta answers, and the webhooks that are \
           subscribed cannot be changed.",
    keyed: true,
    input: &[
        CONNECTION,
        may("method", Kind::Word(&["GET", "POST", "DELETE"]), "GET where it is not said."),
        must("path", Kind::Text, "Such as me/insights, without the version."),
        may(
            "params",
            Kind::Any,
            "An object with the call's parameters; what is nested in them is sent as JSON.",
        ),
    ],
    answer: &[may("result", Kind::Any, "What Meta answered.")],
    reasons: &[
        Reason::NoSuchConnection,
        Reason::NotOffered,
        Reason::MustReconnect,
        Reason::MetaRefused,
        Reason::OutsideWindow,
        Reason::Recipient,
        Reason::MediaUrl,
        Reason::MetaFailing,
        Reason::Parameter,
        Reason::Unknown,
    ],
    sample: || Ok(Answer::fine(&Came { result: json!({"id": "102345678901234", "fan_count": 120}) })?),
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","path":"me","params":{"fields":"fan_count"}}"#,
    ..Operation::BASE
};

#[derive(Serialize)]
struct Came {
    result: Value,
}

/// What Instagram messaging does through the Page.
const MESSAGING: [&str; 7] = [
    "messages",
    "conversations",
    "message_attachments",
    "messenger_profile",
    "thread_owner",
    "pass_thread_control",
    "take_thread_control",
];

/// What the gateway itself lives by.
const OURS: [&str; 1] = ["subscribed_apps"];

/// The most parameters of a call.
const MOST: usize = 100;

#[derive(Clone)]
struct Asked {
    method: GraphMethod,
    path: Vec<String>,
    params: Vec<(String, String)>,
}

impl Asked {
    fn parse(body: &Object) -> Result<Self, Fail> {
        let method = |raw: &str| match inputs::string(raw)?.to_ascii_uppercase().as_str() {
            "GET" => Ok(GraphMethod::Get),
            "POST" => Ok(GraphMethod::Post),
            "DELETE" => Ok(GraphMethod::Delete),
            _ => Err(Invalid),
        };
        let method = body.get("method", Reason::Parameter, method)?.unwrap_or(GraphMethod::Get);
        let path = body.text("path", Reason::Parameter)?.ok_or_else(|| Fail::parameter("path"))?;
        let path: Vec<String> = path.trim_matches('/').split('/').map(str::to_owned).collect();
        let right = |part: &String| {
            let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
            (1..=256).contains(&part.len()) && part.bytes().all(known)
        };
        if path.len() > 4 || !path.iter().all(right) {
            return Err(Fail::parameter("path"));
        }
        let params = |raw: &str| serde_json::from_str::<Map<String, Value>>(raw).map_err(|_| Invalid);
        let params = body.get("params", Reason::Parameter, params)?.unwrap_or_default();
        if params.len() > MOST {
            return Err(Fail::parameter("params"));
        }
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let params = params.into_iter().filter(|(_, value)| !value.is_null());
        Ok(Self { method, path, params: params.map(|(key, value)| (key, text(value))).collect() })
    }

    /// The path as Meta is asked, where it leads to the connection's own asset.
    fn within(&self, connection: &Connection) -> Option<Vec<String>> {
        let (first, rest) = self.path.split_first()?;
        if self.path.iter().any(|part| OURS.contains(&part.as_str())) {
            return None;
        }
        let page = &connection.page_id;
        let own = match (&connection.instagram, connection.product.is_instagram()) {
            (Some(account), true) => &account.id,
            (None, true) => return None,
            (_, false) => page,
        };
        let edges_of_messages = connection.product == Product::InstagramMessaging
            && first == page
            && rest.first().is_some_and(|edge| MESSAGING.contains(&edge.as_str()));
        let post = || first.strip_prefix(page.as_str()).is_some_and(|rest| rest.starts_with('_'));
        let first = match first.as_str() {
            "me" => own,
            id if id == own || edges_of_messages => first,
            _ if own == page && post() => first,
            _ => return None,
        };
        Some(std::iter::once(first).chain(rest).cloned().collect())
    }

    async fn call(
        &self,
        app: &App,
        errand: (&Connection, &jetbridge_domain::secret::Secret),
    ) -> Result<Value, MetaError> {
        let (connection, token) = errand;
        let path = self.within(connection).ok_or(MetaError::NotSent("a path to something else"))?;
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        app.meta.graph(self.method, &path, &self.params, token).await
    }
}

#[derive(Clone)]
struct Graph {
    connection: ConnectionId,
    asked: Result<Asked, Fail>,
}

impl Deed for Graph {
    const ENDPOINT: &'static str = "graph";

    fn connection(&self) -> &ConnectionId {
        &self.connection
    }

    fn fits(&self, _: Product) -> Result<(), Fail> {
        self.asked.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn reaches(&self, connection: &Connection) -> Result<(), Fail> {
        let within = self.asked.as_ref().ok().and_then(|asked| asked.within(connection));
        within.map(|_| ()).ok_or_else(|| Fail::parameter("path"))
    }

    async fn perform(&self, app: &App, errand: &Errand) -> Result<Done, MetaError> {
        let asked = self.asked.as_ref().map_err(|_| MetaError::NotSent("a call that is none"))?;
        let result = asked.call(app, (&errand.connection, &errand.token)).await?;
        let id = result.get("id").or_else(|| result.get("message_id")).and_then(Value::as_str);
        Ok(Done { result: id.unwrap_or_default().to_owned(), answer: Answer::fine(&Came { result }) })
    }

    fn recalled(&self, _: &ActId, result: &str) -> Result<Answer, Fail> {
        Answer::fine(&Came { result: json!({ "id": result }) })
    }
}

/// Calls it: what writes, once per idempotency key.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let deed = Object::parse(&call.body)
        .and_then(|body| Ok(Graph { connection: connection_id(&body)?, asked: Asked::parse(&body) }));
    match deed {
        Ok(Graph { connection, asked: Ok(asked) }) if asked.method == GraphMethod::Get => {
            read(&web, &call, connection, &asked).await.unwrap_or_else(|fail| fail.answer())
        }
        deed => deed::done(&web.app, call, deed).await,
    }
}

async fn read(web: &Web, call: &Call, id: ConnectionId, asked: &Asked) -> Result<Answer, Fail> {
    let (connection, token) = deed::acting(&web.app, call, id, &Product::ALL).await?;
    asked.within(&connection).ok_or_else(|| Fail::parameter("path"))?;
    let came = asked.call(&web.app, (&connection, &token)).await;
    Answer::fine(&Came { result: deed::settled(&web.app, &connection, &token, came).await? })
}

#[cfg(test)]
mod tests {
    use jetbridge_domain::event::sample;

    use super::*;

    fn asked(path: &str) -> Result<Asked, Fail> {
        Asked::parse(&Object::parse(json!({ "path": path }).to_string().as_bytes())?)
    }

    fn within(path: &str, product: Product) -> Option<String> {
        let (_, connection) = sample::link_and_connection().unwrap();
        asked(path).ok()?.within(&Connection { product, ..connection }).map(|path| path.join("/"))
    }

    #[test]
    fn only_the_connections_own_asset_is_reached() {
        let (page, instagram) = ("102345678901234", "17841400000000001");
        for (product, path, reached) in [
            (Product::FacebookPage, "me/insights", Some("102345678901234/insights")),
            (Product::Messenger, "/102345678901234/", Some(page)),
            (Product::FacebookPage, "102345678901234_5/reactions", Some("102345678901234_5/reactions")),
            (Product::FacebookPage, "1023456789012345", None),
            (Product::FacebookPage, instagram, None),
            (Product::FacebookPage, "999", None),
            (Product::FacebookPage, "me/subscribed_apps", None),
            (Product::FacebookPage, "me/../999", None),
            (Product::FacebookPage, "me?fields=id", None),
            (Product::FacebookPage, "", None),
            (Product::InstagramContent, "me/stories", Some("17841400000000001/stories")),
            (Product::InstagramContent, page, None),
            (Product::InstagramContent, "102345678901234_5", None),
            (Product::InstagramContent, "102345678901234/messages", None),
            (Product::InstagramMessaging, "102345678901234/messages", Some("102345678901234/messages")),
            (Product::InstagramMessaging, "102345678901234/feed", None),
        ] {
            assert_eq!(within(path, product).as_deref(), reached, "{product:?} {path}");
        }
    }

    #[test]
    fn parameters_are_texts() {
        let body = json!({"path": "me", "method": "post", "params": {"a": 1, "b": true, "c": {"d": [1]}, "e": "x", "f": null}});
        let asked = Asked::parse(&Object::parse(body.to_string().as_bytes()).unwrap()).unwrap();
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(asked.method, GraphMethod::Post);
        assert_eq!(
            asked.params,
            [pair("a", "1"), pair("b", "true"), pair("c", r#"{"d":[1]}"#), pair("e", "x")]
        );
    }
}

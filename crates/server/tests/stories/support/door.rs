//! A door between the gateway and the sandbox: it writes down every call to Meta, passes it on, and answers in
//! Meta's place where a story says so.

use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Response, StatusCode};
use tokio::net::TcpListener;

use super::World;
use super::world::Engine;

/// A call to Meta, and what came back.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// The path behind the version.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) authorization: String,
    pub(crate) body: String,
    pub(crate) answer: String,
}

impl Call {
    /// A field of the form that was posted.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        let mut fields = url::form_urlencoded::parse(self.body.as_bytes());
        fields.find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
    }
}

type Answer = Box<dyn Fn(&Call) -> (u16, String) + Send>;

struct Planned {
    path: &'static str,
    times: usize,
    answer: Answer,
}

#[derive(Default)]
struct Inner {
    to: OnceLock<(reqwest::Client, String)>,
    calls: Mutex<Vec<Call>>,
    plan: Mutex<Vec<Planned>>,
}

#[derive(Clone)]
pub(crate) struct Door {
    url: String,
    inner: Arc<Inner>,
}

impl Door {
    /// A world whose gateway reaches the sandbox through a door.
    pub(crate) async fn world(engine: Engine, more: &[(&str, &str)]) -> (World, Self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let door = Self { url, inner: Arc::default() };
        let router = Router::new().fallback(pass).with_state(door.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut settings = vec![("META_GRAPH_URL", door.url.as_str())];
        settings.extend(more);
        let world = World::start_with(engine, &settings).await;
        door.inner.to.set((world.http.clone(), world.sandbox.clone())).unwrap();
        (world, door)
    }

    /// Answers the next calls to a path (its last part) in Meta's place.
    pub(crate) fn will_answer(
        &self,
        path: &'static str,
        times: usize,
        answer: impl Fn(&Call) -> (u16, String) + Send + 'static,
    ) {
        self.inner.plan.lock().unwrap().push(Planned { path, times, answer: Box::new(answer) });
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.inner.calls.lock().unwrap().clone()
    }

    /// The calls that changed a code into a token.
    pub(crate) fn exchanges(&self) -> usize {
        self.calls().iter().filter(|call| call.form("code").is_some()).count()
    }

    /// How many planned answers nobody has asked for yet.
    pub(crate) fn waiting(&self) -> usize {
        self.inner.plan.lock().unwrap().iter().map(|p| p.times).sum()
    }

    fn planned(&self, call: &Call) -> Option<(u16, String)> {
        let mut plan = self.inner.plan.lock().unwrap();
        let found = plan.iter_mut().find(|p| p.times > 0 && call.path.ends_with(p.path))?;
        found.times -= 1;
        Some((found.answer)(call))
    }
}

async fn pass(State(door): State<Door>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let path = parts.uri.path().trim_start_matches("/v25.0").to_owned();
    let authorization = parts.headers.get(AUTHORIZATION).map_or("", |v| v.to_str().unwrap());
    let mut call = Call {
        method: parts.method.to_string(),
        path,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        authorization: authorization.to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
        answer: String::new(),
    };
    let (status, answer) = if let Some(answer) = door.planned(&call) {
        answer
    } else {
        let (http, to) = door.inner.to.get().unwrap();
        let mut on = http.request(parts.method.clone(), format!("{to}{}", parts.uri)).body(body);
        for name in [AUTHORIZATION, CONTENT_TYPE] {
            if let Some(value) = parts.headers.get(&name) {
                on = on.header(name, value);
            }
        }
        let answer = on.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    call.answer.clone_from(&answer);
    door.inner.calls.lock().unwrap().push(call);
    let mut response = Response::new(Body::from(answer));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert(CONTENT_TYPE, "application/json".parse().unwrap());
    response
}

/// Writes a story with a door once and runs it on both engines.
macro_rules! behind_a_door {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident: World, $door:ident: Door) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "a story takes from its file what it needs")]
            use super::*;

            $(#[$doc])*
            async fn story($world: $crate::support::World, $door: $crate::support::Door) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let (world, door) = $crate::support::Door::world($crate::support::Engine::Sqlite, &[]).await;
                story(world, door).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let (world, door) = $crate::support::Door::world($crate::support::Engine::Postgres, &[]).await;
                story(world, door).await;
            }
        }
    )*};
}

pub(crate) use behind_a_door;

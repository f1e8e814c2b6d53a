//! Samples of every page, served as the program would serve them: the HTML that the snapshots beside the code keep,
//! with the style sheet of the program. A page of a new kind is in the gallery as soon as it has a snapshot.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path as Captured, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Lang;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:";

type Pages = Arc<BTreeMap<String, String>>;

/// The samples and where they are served, for as long as the tests run.
pub(crate) struct Samples {
    url: String,
    pages: Pages,
}

fn ours(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for entry in std::fs::read_dir(ours("src/http/pages/view/snapshots")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(name) = name.strip_suffix(".snap") else { continue };
        let text = std::fs::read_to_string(&path).unwrap();
        let (_, html) = text.split_once("\n---\n").expect("a snapshot has a head and the page");
        pages.insert(name.to_owned(), html.to_owned());
    }
    pages
}

async fn page(State(pages): State<Pages>, Captured(name): Captured<String>) -> Response {
    match pages.get(&name) {
        Some(html) => {
            let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY)];
            (headers, html.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Samples {
    pub(crate) async fn serve() -> Samples {
        let pages: Pages = Arc::new(read());
        let file =
            |kind: &'static str, text: String| get(move || async move { ([(CONTENT_TYPE, kind)], text) });
        let own = |name: &str| std::fs::read_to_string(ours("static").join(name)).unwrap();
        let app = Router::new()
            .route("/sample/{name}", get(page))
            .route("/static/app.css", file("text/css; charset=utf-8", own("app.css")))
            .route("/static/icon.svg", file("image/svg+xml", own("icon.svg")))
            // The last page stays open to be looked at.
            .route("/static/close.js", file("text/javascript", String::new()))
            // What a partner brings along.
            .route("/static/brand/{file}", file("text/css", ":root{--brand:#8e24aa}".to_owned()))
            .route("/logo/{file}", file("image/svg+xml", own("icon.svg")))
            .with_state(Arc::clone(&pages));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Samples { url, pages }
    }

    /// The samples of a language, by name.
    pub(crate) fn of(&self, lang: Lang) -> Vec<(&String, &String)> {
        let suffix = format!(".{}", lang.code());
        let found: Vec<_> = self.pages.iter().filter(|(name, _)| name.ends_with(&suffix)).collect();
        assert!(found.len() > 30, "{} samples in {lang:?}", found.len());
        found
    }

    /// One sample's address.
    pub(crate) fn address(&self, name: &str) -> String {
        assert!(self.pages.contains_key(name), "no sample {name}");
        format!("{}/sample/{name}", self.url)
    }
}

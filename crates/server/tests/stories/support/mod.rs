//! The cast: a world (gateway, sandbox, clock), partners with their endpoints, clients with their
//! browsers.

mod browser;
mod door;
mod files;
mod front;
mod logs;
mod partner;
mod state;
mod wire;
mod world;

pub(crate) use browser::{Browser, Page};
pub(crate) use door::{Call, Door, behind_a_door};
pub(crate) use files::Files;
pub(crate) use front::{Exchange, Front};
pub(crate) use logs::Logs;
pub(crate) use partner::{Endpoint, Partner, Received};
pub(crate) use world::{Engine, World};

/// Writes a story once and runs it on both engines.
macro_rules! on_both_engines {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident: World) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "a story takes from its file what it needs")]
            use super::*;

            $(#[$doc])*
            async fn story($world: $crate::support::World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                story($crate::support::World::start($crate::support::Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                story($crate::support::World::start($crate::support::Engine::Postgres).await).await;
            }
        }
    )*};
}

pub(crate) use on_both_engines;

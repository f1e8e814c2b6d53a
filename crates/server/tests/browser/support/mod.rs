//! What the tests are written with: the program, people at the sandbox, a browser, and the way through the pages.

mod browser;
mod client;
mod eyes;
mod program;
#[path = "../../common/running.rs"]
mod running;
mod samples;

use std::any::Any;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use futures_util::FutureExt as _;
use tokio::runtime::Runtime;

pub(crate) use browser::{Browser, Lang, Setup, until};
pub(crate) use client::{CHOOSE, CONFIRM, Client, DONE, LANDING, TROUBLE};
pub(crate) use eyes::{View, pictures};
pub(crate) use program::{Person, Program, http};
pub(crate) use samples::Samples;

/// One runtime for all tests: they share browsers, and a connection belongs to the runtime that made it.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().unwrap())
}

/// The program and the browsers before it that wait for their next visit.
struct House {
    program: Arc<Program>,
    idle: Mutex<Vec<Browser>>,
}

impl House {
    fn new() -> Arc<House> {
        Arc::new(House { program: Program::start(), idle: Mutex::default() })
    }

    /// The one that the tests running now share; each brings people of its own. It is not kept in a static: those
    /// are never dropped, and program and browsers would outlive the tests.
    fn shared() -> Arc<House> {
        static SHARED: Mutex<Weak<House>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(house) = shared.upgrade() {
            return house;
        }
        let house = Self::new();
        *shared = Arc::downgrade(&house);
        house
    }

    fn idle(&self, setup: Setup) -> Option<Browser> {
        let mut idle = self.idle.lock().unwrap();
        let at = idle.iter().position(|browser| browser.setup.is_like(setup))?;
        Some(idle.swap_remove(at))
    }

    /// Lets the test act in a browser, which ends however the test ends. At the end nothing may have been refused
    /// by the pages' own policy or gone wrong in a script.
    async fn visit(&self, setup: Setup, test: impl AsyncFnOnce(&Client)) {
        let _place = browser::place().await;
        let browser = match self.idle(setup) {
            Some(mut browser) => {
                browser.serve(setup).await;
                browser
            }
            None => Browser::open(setup).await,
        };
        let client = Client { browser, program: Arc::clone(&self.program) };
        let ended = AssertUnwindSafe(async {
            test(&client).await;
            client.browser.logged().await
        });
        let ended: Result<Vec<String>, Box<dyn Any + Send>> = ended.catch_unwind().await;
        if ended.is_err() {
            client.browser.tell_where_it_stands().await;
        }
        if ended.is_ok() {
            client.browser.start_over().await;
            self.idle.lock().unwrap().push(client.browser);
        } else {
            client.browser.close().await;
        }
        let complaints = ended.unwrap_or_else(|panic| resume_unwind(panic));
        assert!(complaints.is_empty(), "the browser complained: {complaints:#?}");
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let idle = std::mem::take(self.idle.get_mut().unwrap_or_else(PoisonError::into_inner));
        runtime().block_on(async {
            for browser in idle {
                browser.close().await;
            }
        });
    }
}

/// A test: what somebody with such a browser lives through.
pub(crate) fn visit(setup: Setup, test: impl AsyncFnOnce(&Client)) {
    let house = House::shared();
    runtime().block_on(house.visit(setup, test));
}

/// The same on a desktop, before a program of the test's own, with the sandbox's people as they are at first.
pub(crate) fn visit_afresh(test: impl AsyncFnOnce(&Client)) {
    let house = House::new();
    runtime().block_on(house.visit(Setup::DESKTOP, test));
}

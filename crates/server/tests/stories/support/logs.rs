//! The log lines of this process, at the finest level, as text and as JSON, while somebody listens.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once};

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

static LISTENERS: AtomicUsize = AtomicUsize::new(0);
static TEXT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static JSON: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Book(&'static Mutex<Vec<u8>>);

impl Write for Book {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Listens while it lives.
pub(crate) struct Logs {
    text_from: usize,
    json_from: usize,
}

impl Logs {
    /// Starts to listen. The form is the program's own (its text and its JSON), without colours.
    pub(crate) fn listen() -> Self {
        static START: Once = Once::new();
        START.call_once(|| {
            // The sandbox is not ours to keep silent: it stands for Meta.
            let heard = || {
                dynamic_filter_fn(|meta, _| {
                    LISTENERS.load(Ordering::SeqCst) > 0 && !meta.target().starts_with("jetbridge_sandbox")
                })
            };
            let text = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| Book(&TEXT));
            let json = tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(true);
            let json = json.with_span_list(false).with_writer(|| Book(&JSON));
            let both = vec![text.with_filter(heard()).boxed(), json.with_filter(heard()).boxed()];
            tracing_subscriber::registry().with(both).init();
        });
        LISTENERS.fetch_add(1, Ordering::SeqCst);
        Self { text_from: TEXT.lock().unwrap().len(), json_from: JSON.lock().unwrap().len() }
    }

    /// What was logged since, as text and as JSON.
    pub(crate) fn heard(&self) -> [String; 2] {
        let since = |book: &Mutex<Vec<u8>>, from: usize| {
            String::from_utf8_lossy(&book.lock().unwrap()[from..]).into_owned()
        };
        [since(&TEXT, self.text_from), since(&JSON, self.json_from)]
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        LISTENERS.fetch_sub(1, Ordering::SeqCst);
    }
}

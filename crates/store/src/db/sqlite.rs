//! SQLite: one writer thread that gives all waiting writes one commit, and a few reader threads.

use std::fs::OpenOptions;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;

use futures_util::future::BoxFuture;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::oneshot;

use super::tx::{Inner, Running};
use super::{Options, StoreError, Tx};

/// Work waiting for its turn on a thread, or the word to stop.
enum Message {
    Job(Job),
    Stop,
}

/// Runs in the transaction, or learns that there is none; its answer is held until the commit.
type Job = Box<dyn FnOnce(Result<&mut Tx, StoreError>) -> Done + Send>;

/// What is left to do once the commit is known.
struct Done {
    /// Roll this job's savepoint back.
    failed: bool,
    answer: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

#[derive(Clone)]
pub(super) struct Sqlite(Arc<Threads>);

struct Threads {
    writer: SyncSender<Message>,
    readers: Vec<SyncSender<Message>>,
    next: AtomicUsize,
    running: Mutex<Vec<JoinHandle<()>>>,
    closed: AtomicBool,
}

/// Jobs that may wait before a caller has to.
const QUEUE: usize = 4096;

fn connect(path: &Path, write: bool) -> Result<Connection, rusqlite::Error> {
    let mode = if write { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.pragma_update(None, "foreign_keys", true)?;
    if write {
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", true)?;
    }
    Ok(connection)
}

/// Makes the file, for its owner alone.
fn create(path: &Path) -> Result<(), StoreError> {
    let failed = |e: std::io::Error| StoreError::Unavailable(format!("{}: {e}", path.display()));
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ()).map_err(failed)
}

impl Sqlite {
    pub(super) async fn open(path: PathBuf, options: Options) -> Result<Self, StoreError> {
        tokio::task::spawn_blocking(move || Self::open_now(&path, options))
            .await
            .map_err(|_| StoreError::Panicked)?
    }

    fn open_now(path: &Path, options: Options) -> Result<Self, StoreError> {
        create(path)?;
        let connection = connect(path, true)?;
        let (writer, jobs) = sync_channel::<Message>(QUEUE);
        let group = options.group.max(1);
        let mut running = vec![spawn("store-writer", move || write_loop(connection, &jobs, group))?];
        let mut readers = Vec::new();
        for n in 0..options.readers.max(1) {
            let connection = connect(path, false)?;
            let (reader, jobs) = sync_channel::<Message>(QUEUE);
            running.push(spawn(&format!("store-reader-{n}"), move || read_loop(connection, &jobs))?);
            readers.push(reader);
        }
        let running = Mutex::new(running);
        let closed = AtomicBool::new(false);
        Ok(Self(Arc::new(Threads { writer, readers, next: AtomicUsize::new(0), running, closed })))
    }

    pub(super) async fn write<I, T, E, F>(&self, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> Fn(&'a mut Tx, &'a I) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
    {
        self.send(&self.0.writer, input, work).await
    }

    pub(super) async fn read<I, T, E, F>(&self, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> Fn(&'a mut Tx, &'a I) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
    {
        let n = self.0.next.fetch_add(1, Ordering::Relaxed);
        let reader = self.0.readers.get(n % self.0.readers.len().max(1)).unwrap_or(&self.0.writer);
        self.send(reader, input, work).await
    }

    async fn send<I, T, E, F>(&self, to: &SyncSender<Message>, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> Fn(&'a mut Tx, &'a I) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
    {
        if self.0.closed.load(Ordering::SeqCst) {
            return Err(StoreError::Closed.into());
        }
        let (answer, answered) = oneshot::channel::<Result<T, E>>();
        let job: Job = Box::new(move |tx| {
            let result = match tx {
                Ok(tx) => poll_once(work(tx, &input)).unwrap_or_else(|e| Err(e.into())),
                Err(none) => Err(none.into()),
            };
            let failed = result.is_err();
            let answer = Box::new(move |commit: Result<(), StoreError>| {
                // A refusal stands whatever became of the others' commit.
                let result = match (result, commit) {
                    (Ok(_), Err(lost)) => Err(lost.into()),
                    (result, _) => result,
                };
                let _ = answer.send(result);
            });
            Done { failed, answer }
        });
        // The queue is deep; where it is full all the same, the caller waits off the runtime.
        if let Err(full) = to.try_send(Message::Job(job)) {
            let (std::sync::mpsc::TrySendError::Full(job) | std::sync::mpsc::TrySendError::Disconnected(job)) =
                full;
            let to = to.clone();
            let sent = tokio::task::spawn_blocking(move || to.send(job)).await;
            if !matches!(sent, Ok(Ok(()))) {
                return Err(StoreError::Closed.into());
            }
        }
        answered.await.unwrap_or_else(|_| {
            // Nobody answers: the work panicked, or came just behind the word to stop.
            let closed = self.0.closed.load(Ordering::SeqCst);
            Err(if closed { StoreError::Closed } else { StoreError::Panicked }.into())
        })
    }

    pub(super) async fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
        let threads: Vec<JoinHandle<()>> =
            std::mem::take(&mut *self.0.running.lock().unwrap_or_else(PoisonError::into_inner));
        let senders: Vec<SyncSender<Message>> =
            std::iter::once(&self.0.writer).chain(&self.0.readers).cloned().collect();
        let _ = tokio::task::spawn_blocking(move || {
            // Each thread stops after the jobs that came before.
            for sender in senders {
                let _ = sender.send(Message::Stop);
            }
            for thread in threads {
                let _ = thread.join();
            }
        })
        .await;
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|e| StoreError::Unavailable(e.to_string()))
}

/// On SQLite nothing is ever waited for, so a future is ready at once or does what it must not.
fn poll_once<T>(mut future: BoxFuture<'_, T>) -> Result<T, StoreError> {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err(StoreError::Pended),
    }
}

fn write_loop(connection: Connection, jobs: &Receiver<Message>, group: usize) {
    let mut tx = Tx(Inner::Sqlite(connection));
    let mut stop = false;
    while !stop {
        let Ok(first) = jobs.recv() else { break };
        let mut batch = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Job(job) => batch.push(job),
                Message::Stop => stop = true,
            }
            next = if stop || batch.len() >= group { None } else { jobs.try_recv().ok() };
        }
        run_group(&mut tx, batch);
    }
    if let Inner::Sqlite(connection) = tx.0 {
        let _ = connection.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()));
    }
}

/// Runs each job in a savepoint of one transaction, commits once, then answers all of them.
fn run_group(tx: &mut Tx, batch: Vec<Job>) {
    if let Err(error) = statement(tx, "BEGIN IMMEDIATE") {
        let why = error.to_string();
        for job in batch {
            let done = job(Err(StoreError::Unavailable(why.clone())));
            (done.answer)(Ok(()));
        }
        return;
    }
    let mut done = Vec::with_capacity(batch.len());
    let mut lost = None;
    for job in batch {
        if lost.is_some() {
            done.push(job(Err(StoreError::Commit("another write of the group broke it".to_owned()))));
            continue;
        }
        match in_savepoint(tx, job) {
            Ok(one) => done.extend(one),
            Err(error) => lost = Some(error.to_string()),
        }
        // SQLite itself rolls everything back when the disk is full or fails.
        if is_autocommit(tx) {
            lost = lost.or(Some("SQLite rolled the transaction back".to_owned()));
        }
    }
    if lost.is_none() {
        lost = statement(tx, "COMMIT").err().map(|e| e.to_string());
    }
    if lost.is_some() && !is_autocommit(tx) {
        let _ = statement(tx, "ROLLBACK");
    }
    for one in done {
        (one.answer)(lost.clone().map_or(Ok(()), |why| Err(StoreError::Commit(why))));
    }
}

/// `None` where the job panicked; its caller has learnt that from the broken channel.
fn in_savepoint(tx: &mut Tx, job: Job) -> Result<Option<Done>, rusqlite::Error> {
    statement(tx, "SAVEPOINT one")?;
    let running = Running::on_this_thread();
    let done = catch_unwind(AssertUnwindSafe(|| job(Ok(tx)))).ok();
    drop(running);
    if done.as_ref().is_none_or(|d| d.failed) && !is_autocommit(tx) {
        statement(tx, "ROLLBACK TO one")?;
    }
    if !is_autocommit(tx) {
        statement(tx, "RELEASE one")?;
    }
    Ok(done)
}

fn read_loop(connection: Connection, jobs: &Receiver<Message>) {
    let mut tx = Tx(Inner::Sqlite(connection));
    while let Ok(Message::Job(job)) = jobs.recv() {
        let begun = statement(&mut tx, "BEGIN");
        let running = Running::on_this_thread();
        let done = catch_unwind(AssertUnwindSafe(|| match begun {
            Ok(()) => job(Ok(&mut tx)),
            Err(error) => job(Err(error.into())),
        }));
        drop(running);
        if !is_autocommit(&tx) {
            let _ = statement(&mut tx, "ROLLBACK");
        }
        if let Ok(done) = done {
            (done.answer)(Ok(()));
        }
    }
}

fn statement(tx: &mut Tx, sql: &str) -> Result<(), rusqlite::Error> {
    match &tx.0 {
        Inner::Sqlite(connection) => connection.prepare_cached(sql)?.execute([]).map(|_| ()),
        Inner::Postgres(_) => Ok(()),
    }
}

fn is_autocommit(tx: &Tx) -> bool {
    match &tx.0 {
        Inner::Sqlite(connection) => connection.is_autocommit(),
        Inner::Postgres(_) => false,
    }
}

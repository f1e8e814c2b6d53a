//! What a location prints, and where it leads.

use jetbridge_store::db::{Db, Location, Options, StoreError};

#[test]
fn no_way_of_writing_a_password_is_printed() {
    for url in [
        "postgres://me:hunter2@db.example/jetbridge",
        "postgres://me:hunter2@db.example:5433/jetbridge?sslmode=require",
        "postgresql://me:hunter2@db.example",
        "postgres://db.example/jetbridge?user=me&password=hunter2",
        "postgres://db.example/jetbridge?password=hun@hunter2",
        "postgres://me:hunter2?x@db.example/jetbridge",
        "postgres://me:pass@hunter2@db.example/jetbridge",
        "postgres://hunter2@db.example/jetbridge",
        "postgres://me:hunter2@a.example,b.example/jetbridge?target_session_attrs=read-write",
    ] {
        let location: Location = url.parse().unwrap();
        let printed = format!("{location} {location:?}");
        assert!(!printed.contains("hunter2"), "{printed}");
        assert!(printed.starts_with("postgres://"), "{printed}");
    }
    let plain: Location = "postgres://me:hunter2@db.example:5433/jetbridge?sslmode=require".parse().unwrap();
    assert_eq!(plain.to_string(), "postgres://db.example:5433/jetbridge");
}

#[tokio::test]
async fn a_place_where_nothing_is_says_so_without_the_password() {
    // Port 1 of this machine: refused at once.
    let nowhere: Location = "postgres://me:hunter2@127.0.0.1:1/jetbridge".parse().unwrap();
    let error = Db::open(&nowhere, Options::default()).await.err().unwrap();
    assert!(error.is_transient(), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    let broken = Location::Postgres("postgres://me:hunter2@127.0.0.1:notaport/x".to_owned());
    let error = Db::open(&broken, Options::default()).await.err().unwrap();
    assert!(matches!(error, StoreError::Location(_)));
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_path_that_cannot_be_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error =
        Db::open(&Location::Sqlite(folder.path().to_owned()), Options::default()).await.err().unwrap();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "this is not a database, and long enough to be told from one").unwrap();
    let error = Db::open(&Location::Sqlite(text), Options::default()).await.err().unwrap();
    assert!(matches!(error, StoreError::Sqlite(_)), "{error:?}");
}

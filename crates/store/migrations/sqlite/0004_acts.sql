-- What a partner had us do at Meta, written before Meta is called. result is Meta's id of what came of it.
CREATE TABLE acts (
    id TEXT NOT NULL PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    connection_id TEXT NOT NULL REFERENCES connections (id),
    key_hash BLOB UNIQUE,
    state TEXT NOT NULL,
    result TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX acts_result ON acts (connection_id, result);
CREATE INDEX acts_age ON acts (created_at);

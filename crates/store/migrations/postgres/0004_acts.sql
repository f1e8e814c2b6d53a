-- What a partner had us do at Meta, written before Meta is called. result is Meta's id of what came of it.
CREATE TABLE acts (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    partner_id TEXT COLLATE "C" NOT NULL REFERENCES partners (id),
    connection_id TEXT COLLATE "C" NOT NULL REFERENCES connections (id),
    key_hash BYTEA UNIQUE,
    state TEXT COLLATE "C" NOT NULL,
    result TEXT COLLATE "C",
    created_at BIGINT NOT NULL
);
CREATE INDEX acts_result ON acts (connection_id, result);
CREATE INDEX acts_age ON acts (created_at);

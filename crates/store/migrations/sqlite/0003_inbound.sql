-- Meta's own names of what was taken in, hashed: what comes again within seven days is known.
CREATE TABLE inbound (
    key_hash BLOB NOT NULL PRIMARY KEY,
    taken_at INTEGER NOT NULL
) STRICT;
CREATE INDEX inbound_age ON inbound (taken_at);

-- When a person last opened the messaging window of a connection; persons are hashed.
CREATE TABLE windows (
    connection_id TEXT NOT NULL REFERENCES connections (id),
    person_hash BLOB NOT NULL,
    opened_at INTEGER NOT NULL,
    PRIMARY KEY (connection_id, person_hash)
) STRICT;
CREATE INDEX windows_age ON windows (opened_at);

-- Leads whose answers are still to be read. With told the partner has the event without them.
CREATE TABLE leads (
    connection_id TEXT NOT NULL REFERENCES connections (id),
    lead_hash BLOB NOT NULL,
    partner_id TEXT NOT NULL,
    item_sealed BLOB NOT NULL,
    told INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (connection_id, lead_hash)
) STRICT;
CREATE INDEX leads_due ON leads (next_at);

CREATE INDEX connections_of_asset ON connections (asset_id);

-- When a connection's proof of life is due again.
ALTER TABLE connections ADD COLUMN check_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX connections_check ON connections (check_at) WHERE state <> 'disconnected';

-- Requests of people to have their data deleted, by the hash of the code that Meta shows them.
CREATE TABLE deletions (
    code_hash BLOB NOT NULL PRIMARY KEY,
    connections INTEGER NOT NULL,
    done_at INTEGER NOT NULL
) STRICT;

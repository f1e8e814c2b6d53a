-- Meta's own names of what was taken in, hashed: what comes again within seven days is known.
CREATE TABLE inbound (
    key_hash BYTEA NOT NULL PRIMARY KEY,
    taken_at BIGINT NOT NULL
);
CREATE INDEX inbound_age ON inbound (taken_at);

-- When a person last opened the messaging window of a connection; persons are hashed.
CREATE TABLE windows (
    connection_id TEXT COLLATE "C" NOT NULL REFERENCES connections (id),
    person_hash BYTEA NOT NULL,
    opened_at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, person_hash)
);
CREATE INDEX windows_age ON windows (opened_at);

-- Leads whose answers are still to be read. With told the partner has the event without them.
CREATE TABLE leads (
    connection_id TEXT COLLATE "C" NOT NULL REFERENCES connections (id),
    lead_hash BYTEA NOT NULL,
    partner_id TEXT COLLATE "C" NOT NULL,
    item_sealed BYTEA NOT NULL,
    told BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, lead_hash)
);
CREATE INDEX leads_due ON leads (next_at);

CREATE INDEX connections_of_asset ON connections (asset_id);

-- When a connection's proof of life is due again.
ALTER TABLE connections ADD COLUMN check_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX connections_check ON connections (check_at) WHERE state <> 'disconnected';

-- Requests of people to have their data deleted, by the hash of the code that Meta shows them.
CREATE TABLE deletions (
    code_hash BYTEA NOT NULL PRIMARY KEY,
    connections BIGINT NOT NULL,
    done_at BIGINT NOT NULL
);

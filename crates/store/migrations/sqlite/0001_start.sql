-- Times are microseconds since 1970. Ids are prefixed UUIDs. Sealed columns hold
-- ciphertexts bound to table, column, row and partner.

CREATE TABLE known_values (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE partners (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    client_id TEXT NOT NULL UNIQUE,
    client_secret_hash BLOB NOT NULL,
    state TEXT NOT NULL,
    next_seq INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE access_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);

-- Wrong tries at the token endpoint, by network address.
CREATE TABLE guesses (
    address TEXT NOT NULL PRIMARY KEY,
    window_start INTEGER NOT NULL,
    wrong INTEGER NOT NULL,
    blocked_until INTEGER
) STRICT;

CREATE TABLE links (
    id TEXT NOT NULL PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    param_hash BLOB NOT NULL UNIQUE,
    param_sealed BLOB NOT NULL,
    product INTEGER NOT NULL,
    reference TEXT,
    server TEXT,
    account_id TEXT,
    inbox_id TEXT,
    locale TEXT,
    state TEXT NOT NULL,
    why TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX links_of_partner ON links (partner_id, created_at, id);
CREATE INDEX links_expiry ON links (state, expires_at);

CREATE TABLE link_steps (
    link_id TEXT NOT NULL REFERENCES links (id),
    n INTEGER NOT NULL,
    step TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (link_id, n)
) STRICT;

CREATE TABLE journeys (
    id TEXT NOT NULL PRIMARY KEY,
    link_id TEXT NOT NULL REFERENCES links (id),
    partner_id TEXT NOT NULL REFERENCES partners (id),
    browser_hash BLOB NOT NULL,
    state_hash BLOB NOT NULL UNIQUE,
    stage TEXT NOT NULL,
    grant_sealed BLOB,
    chosen TEXT,
    connection_id TEXT,
    why TEXT,
    detail TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    moved INTEGER NOT NULL
) STRICT;
CREATE INDEX journeys_of_browser ON journeys (link_id, browser_hash, moved);
CREATE INDEX journeys_age ON journeys (updated_at);

CREATE TABLE connections (
    id TEXT NOT NULL PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    product INTEGER NOT NULL,
    asset_id TEXT NOT NULL,
    page_id TEXT NOT NULL,
    page_name TEXT NOT NULL,
    instagram_id TEXT,
    instagram_username TEXT,
    state TEXT NOT NULL,
    meta_user TEXT NOT NULL,
    granted TEXT NOT NULL,
    checks TEXT NOT NULL,
    link_id TEXT NOT NULL REFERENCES links (id),
    reference TEXT,
    server TEXT,
    account_id TEXT,
    inbox_id TEXT,
    token_sealed BLOB,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX connections_live ON connections (partner_id, product, asset_id) WHERE state <> 'disconnected';
CREATE INDEX connections_of_partner ON connections (partner_id, created_at, id);
CREATE INDEX connections_of_page ON connections (page_id);
CREATE INDEX connections_of_meta_user ON connections (meta_user);
CREATE INDEX connections_of_link ON connections (link_id);

CREATE TABLE endpoints (
    id TEXT NOT NULL PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    is_default INTEGER NOT NULL,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    secret_sealed BLOB NOT NULL,
    previous_sealed BLOB,
    previous_until INTEGER,
    state TEXT NOT NULL,
    failing_since INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX endpoints_default ON endpoints (partner_id) WHERE is_default = 1;
CREATE INDEX endpoints_of_partner ON endpoints (partner_id);

CREATE TABLE events (
    id TEXT NOT NULL PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    conversation TEXT NOT NULL,
    body_sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (partner_id, seq)
) STRICT;

CREATE TABLE deliveries (
    event_id TEXT NOT NULL REFERENCES events (id),
    endpoint_id TEXT NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    partner_id TEXT NOT NULL,
    conversation TEXT NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    first_attempt INTEGER,
    lease_until INTEGER NOT NULL,
    PRIMARY KEY (event_id, endpoint_id)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (state, next_at);
CREATE INDEX deliveries_order ON deliveries (endpoint_id, conversation, seq);

CREATE TABLE attempts (
    event_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    at INTEGER NOT NULL,
    took INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    answer_sealed BLOB,
    PRIMARY KEY (event_id, endpoint_id, n),
    FOREIGN KEY (event_id, endpoint_id) REFERENCES deliveries (event_id, endpoint_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE idempotency (
    key_hash BLOB NOT NULL PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    body_hash BLOB NOT NULL,
    status INTEGER,
    answer_sealed BLOB,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX idempotency_age ON idempotency (created_at);

-- Times are microseconds since 1970. Ids are prefixed UUIDs. Sealed columns hold
-- ciphertexts bound to table, column, row and partner.

CREATE TABLE known_values (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE partners (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL UNIQUE,
    client_secret_hash BYTEA NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    next_seq BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE access_tokens (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    partner_id TEXT COLLATE "C" NOT NULL REFERENCES partners (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);

-- Wrong tries at the token endpoint, by network address.
CREATE TABLE guesses (
    address TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    window_start BIGINT NOT NULL,
    wrong BIGINT NOT NULL,
    blocked_until BIGINT
);

CREATE TABLE links (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    partner_id TEXT COLLATE "C" NOT NULL REFERENCES partners (id),
    param_hash BYTEA NOT NULL UNIQUE,
    param_sealed BYTEA NOT NULL,
    product BIGINT NOT NULL,
    reference TEXT COLLATE "C",
    server TEXT COLLATE "C",
    account_id TEXT COLLATE "C",
    inbox_id TEXT COLLATE "C",
    locale TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL,
    why TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX links_of_partner ON links (partner_id, created_at, id);
CREATE INDEX links_expiry ON links (state, expires_at);

CREATE TABLE link_steps (
    link_id TEXT COLLATE "C" NOT NULL REFERENCES links (id),
    n BIGINT NOT NULL,
    step TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (link_id, n)
);

CREATE TABLE journeys (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    link_id TEXT COLLATE "C" NOT NULL REFERENCES links (id),
    partner_id TEXT COLLATE "C" NOT NULL REFERENCES partners (id),
    browser_hash BYTEA NOT NULL,
    state_hash BYTEA NOT NULL UNIQUE,
    stage TEXT COLLATE "C" NOT NULL,
    grant_sealed BYTEA,
    chosen TEXT COLLATE "C",
    connection_id TEXT COLLATE "C",
    why TEXT COLLATE "C",
    detail TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    moved BIGINT NOT NULL
);
CREATE INDEX journeys_of_browser ON journeys (link_id, browser_hash, moved);
CREATE INDEX journeys_age ON journeys (updated_at);

CREATE TABLE connections (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    partner_id TEXT COLLATE "C" NOT NULL REFERENCES partners (id),
    product BIGINT NOT NULL,
    asset_id TEXT COLLATE "C" NOT NULL,
    page_id TEXT COLLATE "C" NOT NULL,
    page_name TEXT COLLATE "C" NOT NULL,
    instagram_id TEXT COLLATE "C",
    instagram_username TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL,
    meta_user TEXT COLLATE "C" NOT NULL,
    granted TEXT COLLATE "C" NOT NULL,
    checks TEXT COLLATE "C" NOT NULL,
    link_id TEXT COLLATE "C" NOT NULL REFERENCES links (id),
    reference TEXT COLLATE "C",
    server TEXT COLLATE "C",
    account_id TEXT COLLATE "C",
    inbox_id TEXT COLLATE "C",
    token_sealed BYTEA,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX connections_live ON connections (partner_id, product, asset_id) WHERE state <> 'disconnected';
CREATE INDEX connections_of_partner ON connections (partner_id, created_at, id);
CREATE INDEX connections_of_page ON connections (page_id);
CREATE INDEX connections_of_meta_user ON connections (meta_user);
CREATE INDEX connections_of_link ON connections (link_id);

CREATE TABLE endpoints (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    partner_id TEXT COLLATE "C" NOT NULL REFERENCES partners (id),
    is_default BIGINT NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    secret_sealed BYTEA NOT NULL,
    previous_sealed BYTEA,
    previous_until BIGINT,
    state TEXT COLLATE "C" NOT NULL,
    failing_since BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX endpoints_default ON endpoints (partner_id) WHERE is_default = 1;
CREATE INDEX endpoints_of_partner ON endpoints (partner_id);

CREATE TABLE events (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    partner_id TEXT COLLATE "C" NOT NULL REFERENCES partners (id),
    seq BIGINT NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    conversation TEXT COLLATE "C" NOT NULL,
    body_sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (partner_id, seq)
);

CREATE TABLE deliveries (
    event_id TEXT COLLATE "C" NOT NULL REFERENCES events (id),
    endpoint_id TEXT COLLATE "C" NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    partner_id TEXT COLLATE "C" NOT NULL,
    conversation TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    first_attempt BIGINT,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (event_id, endpoint_id)
);
CREATE INDEX deliveries_due ON deliveries (state, next_at);
CREATE INDEX deliveries_order ON deliveries (endpoint_id, conversation, seq);

CREATE TABLE attempts (
    event_id TEXT COLLATE "C" NOT NULL,
    endpoint_id TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    at BIGINT NOT NULL,
    took BIGINT NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    status BIGINT,
    answer_sealed BYTEA,
    PRIMARY KEY (event_id, endpoint_id, n),
    FOREIGN KEY (event_id, endpoint_id) REFERENCES deliveries (event_id, endpoint_id) ON DELETE CASCADE
);

CREATE TABLE idempotency (
    key_hash BYTEA NOT NULL PRIMARY KEY,
    partner_id TEXT COLLATE "C" NOT NULL REFERENCES partners (id),
    body_hash BYTEA NOT NULL,
    status BIGINT,
    answer_sealed BYTEA,
    created_at BIGINT NOT NULL
);
CREATE INDEX idempotency_age ON idempotency (created_at);

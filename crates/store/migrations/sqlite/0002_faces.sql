-- How partners appear to clients, links for several products, and links that renew a connection.

CREATE TABLE brandings (
    partner_id TEXT NOT NULL PRIMARY KEY REFERENCES partners (id),
    display_name TEXT,
    logo TEXT,
    message TEXT,
    button TEXT,
    success TEXT,
    failed TEXT,
    locale TEXT,
    color TEXT,
    success_url TEXT,
    failure_url TEXT,
    updated_at INTEGER NOT NULL
) STRICT;

-- Partners' pictures, to be served from our own host. With next_at a row is still to be fetched.
CREATE TABLE logos (
    id TEXT NOT NULL PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    url TEXT NOT NULL,
    kind TEXT,
    picture BLOB,
    why TEXT,
    tries INTEGER NOT NULL,
    next_at INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (partner_id, url)
) STRICT;
CREATE INDEX logos_due ON logos (next_at) WHERE next_at IS NOT NULL;

-- A bit per product: 1 << its number.
ALTER TABLE links ADD COLUMN products INTEGER NOT NULL DEFAULT 0;
UPDATE links SET products = 1 << product;
ALTER TABLE links ADD COLUMN reconnect TEXT REFERENCES connections (id);
ALTER TABLE links ADD COLUMN message TEXT;
ALTER TABLE links ADD COLUMN logo TEXT;
ALTER TABLE links ADD COLUMN success_url TEXT;
ALTER TABLE links ADD COLUMN failure_url TEXT;
CREATE INDEX links_of_logo ON links (partner_id, logo) WHERE logo IS NOT NULL;

ALTER TABLE link_steps ADD COLUMN why TEXT;

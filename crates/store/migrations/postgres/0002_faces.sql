-- How partners appear to clients, links for several products, and links that renew a connection.

CREATE TABLE brandings (
    partner_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES partners (id),
    display_name TEXT COLLATE "C",
    logo TEXT COLLATE "C",
    message TEXT COLLATE "C",
    button TEXT COLLATE "C",
    success TEXT COLLATE "C",
    failed TEXT COLLATE "C",
    locale TEXT COLLATE "C",
    color TEXT COLLATE "C",
    success_url TEXT COLLATE "C",
    failure_url TEXT COLLATE "C",
    updated_at BIGINT NOT NULL
);

-- Partners' pictures, to be served from our own host. With next_at a row is still to be fetched.
CREATE TABLE logos (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    partner_id TEXT COLLATE "C" NOT NULL REFERENCES partners (id),
    url TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C",
    picture BYTEA,
    why TEXT COLLATE "C",
    tries BIGINT NOT NULL,
    next_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (partner_id, url)
);
CREATE INDEX logos_due ON logos (next_at) WHERE next_at IS NOT NULL;

-- A bit per product: 1 << its number.
ALTER TABLE links ADD COLUMN products BIGINT NOT NULL DEFAULT 0;
UPDATE links SET products = 1::BIGINT << product::INTEGER;
ALTER TABLE links ADD COLUMN reconnect TEXT COLLATE "C" REFERENCES connections (id);
ALTER TABLE links ADD COLUMN message TEXT COLLATE "C";
ALTER TABLE links ADD COLUMN logo TEXT COLLATE "C";
ALTER TABLE links ADD COLUMN success_url TEXT COLLATE "C";
ALTER TABLE links ADD COLUMN failure_url TEXT COLLATE "C";
CREATE INDEX links_of_logo ON links (partner_id, logo) WHERE logo IS NOT NULL;

ALTER TABLE link_steps ADD COLUMN why TEXT COLLATE "C";

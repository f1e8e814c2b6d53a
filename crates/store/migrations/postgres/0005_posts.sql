-- Posts on their way: planned for later, or being prepared by Meta. step says how far, sealed with what is
-- to be published.
CREATE TABLE posts (
    act_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    partner_id TEXT COLLATE "C" NOT NULL REFERENCES partners (id),
    connection_id TEXT COLLATE "C" NOT NULL REFERENCES connections (id),
    step_sealed BYTEA NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX posts_due ON posts (next_at);
CREATE INDEX posts_of_connection ON posts (connection_id);

-- Posts on their way: planned for later, or being prepared by Meta. step says how far, sealed with what is
-- to be published.
CREATE TABLE posts (
    act_id TEXT NOT NULL PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    connection_id TEXT NOT NULL REFERENCES connections (id),
    step_sealed BLOB NOT NULL,
    tries INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX posts_due ON posts (next_at);
CREATE INDEX posts_of_connection ON posts (connection_id);

-- Conversations: one per visitor, because a visitor's id is theirs per Page and product.
CREATE TABLE chat_threads (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL UNIQUE REFERENCES visitors (scoped_id),
    page_id TEXT NOT NULL REFERENCES pages (id),
    platform TEXT NOT NULL CHECK (platform IN ('messenger', 'instagram')),
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'blocked', 'unavailable', 'deleted')),
    opened_at INTEGER, -- seconds: when the person last opened the window; NULL: never
    updated_at INTEGER NOT NULL, -- milliseconds, as all that follow
    read_at INTEGER NOT NULL DEFAULT 0, -- the person has read everything up to here
    seen_at INTEGER NOT NULL DEFAULT 0, -- and the business up to here
    owner TEXT -- the app that controls the thread; NULL: this one; empty: none
) STRICT;
CREATE TABLE chat_messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mid TEXT NOT NULL UNIQUE,
    thread INTEGER NOT NULL REFERENCES chat_threads (number),
    from_person INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    content TEXT NOT NULL, -- the `message` of its webhook without the mid, as JSON
    quick_replies TEXT, -- JSON list: what the person may tap; never part of a webhook
    edits INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX chat_messages_of_thread ON chat_messages (thread, number);
CREATE TABLE chat_reactions (
    mid TEXT NOT NULL REFERENCES chat_messages (mid),
    from_person INTEGER NOT NULL,
    reaction TEXT NOT NULL,
    emoji TEXT NOT NULL,
    PRIMARY KEY (mid, from_person)
) STRICT;
CREATE TABLE chat_attachments (
    id TEXT PRIMARY KEY,
    page_id TEXT NOT NULL REFERENCES pages (id),
    kind TEXT NOT NULL,
    url TEXT, -- where the app said it lies
    content_type TEXT,
    file BLOB, -- what was uploaded in its place
    created_at INTEGER NOT NULL,
    reusable INTEGER NOT NULL
) STRICT;

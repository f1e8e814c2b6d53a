CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE configurations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    token TEXT NOT NULL CHECK (token IN ('user', 'system_user')),
    permissions TEXT NOT NULL, -- JSON list
    token_seconds INTEGER -- NULL: no end, for system users
) STRICT;
CREATE TABLE redirect_uris (uri TEXT PRIMARY KEY) STRICT;

CREATE TABLE people (
    id TEXT PRIMARY KEY, -- app-scoped: there is one app here
    name TEXT NOT NULL,
    about TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    app_role TEXT CHECK (app_role IN ('administrator', 'developer', 'tester')),
    business_id TEXT REFERENCES businesses (id) -- a system user of that business, nobody who logs in
) STRICT;
CREATE TABLE businesses (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE business_people (
    business_id TEXT NOT NULL REFERENCES businesses (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (business_id, person_id)
) STRICT;
CREATE TABLE business_pages (
    business_id TEXT NOT NULL REFERENCES businesses (id),
    page_id TEXT NOT NULL REFERENCES pages (id),
    relation TEXT NOT NULL CHECK (relation IN ('owned', 'client')),
    PRIMARY KEY (business_id, page_id)
) STRICT;
CREATE TABLE pages (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    username TEXT,
    category TEXT NOT NULL,
    category_id TEXT NOT NULL,
    about TEXT NOT NULL,
    followers INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE instagram (
    id TEXT PRIMARY KEY,
    page_id TEXT NOT NULL UNIQUE REFERENCES pages (id),
    kind TEXT NOT NULL CHECK (kind IN ('professional', 'personal')),
    username TEXT NOT NULL,
    name TEXT NOT NULL,
    followers INTEGER NOT NULL
) STRICT;
CREATE TABLE roles (
    person_id TEXT NOT NULL REFERENCES people (id),
    page_id TEXT NOT NULL REFERENCES pages (id),
    tasks TEXT NOT NULL,
    through_business INTEGER NOT NULL, -- the role was given through a business, not on the Page
    PRIMARY KEY (person_id, page_id)
) STRICT;
CREATE TABLE visitors (
    page_id TEXT NOT NULL REFERENCES pages (id),
    object TEXT NOT NULL,
    name TEXT NOT NULL,
    scoped_id TEXT NOT NULL UNIQUE,
    PRIMARY KEY (page_id, object, name)
) STRICT;

-- What a person allowed the app. A second login replaces the selection of the first.
CREATE TABLE installs (
    person_id TEXT PRIMARY KEY REFERENCES people (id),
    pages TEXT, -- JSON list; NULL: all current and future ones
    instagram TEXT,
    data_access_expires_at INTEGER NOT NULL
) STRICT;
CREATE TABLE permissions (
    person_id TEXT NOT NULL REFERENCES people (id),
    permission TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('granted', 'declined', 'expired')),
    PRIMARY KEY (person_id, permission)
) STRICT;

CREATE TABLE sessions (
    cookie TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE codes (
    code TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    redirect_uri TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER,
    token_kind TEXT CHECK (token_kind IN ('long', 'system')), -- NULL: what the settings say
    token_seconds INTEGER, -- NULL: what is usual for the kind
    free_redirect INTEGER NOT NULL -- the exchange may leave redirect_uri out
) STRICT;
CREATE TABLE tokens (
    token TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('short', 'long', 'page', 'system')),
    person_id TEXT NOT NULL REFERENCES people (id),
    page_id TEXT REFERENCES pages (id),
    parent TEXT, -- the user token that a Page token was read with
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, -- 0: never
    dead INTEGER -- the subcode of error 190 it now answers with; 0: it is another app's
) STRICT;
CREATE INDEX tokens_of_person ON tokens (person_id, page_id);

CREATE TABLE page_subscriptions (
    page_id TEXT PRIMARY KEY REFERENCES pages (id),
    fields TEXT NOT NULL
) STRICT;
CREATE TABLE app_subscriptions (
    object TEXT PRIMARY KEY,
    callback_url TEXT NOT NULL,
    fields TEXT NOT NULL,
    include_values INTEGER NOT NULL
) STRICT;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('messaging', 'changes', 'deauthorize', 'application')),
    page_id TEXT,
    url TEXT NOT NULL,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dropped')),
    result TEXT
) STRICT;
CREATE INDEX outbox_due ON outbox (state, next_at);

CREATE TABLE faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    pattern TEXT NOT NULL,
    remaining INTEGER NOT NULL,
    fault TEXT NOT NULL
) STRICT;

CREATE TABLE inspector (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at INTEGER NOT NULL,
    webhook_id TEXT,
    webhook_timestamp TEXT,
    webhook_signature TEXT,
    content_type TEXT,
    body BLOB NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('verified', 'invalid', 'unchecked'))
) STRICT;
CREATE INDEX inspector_webhook ON inspector (webhook_id);

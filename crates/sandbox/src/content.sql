-- What is published and said: posts, comments, reactions, Instagram media, lead forms.
-- `author` is a visitor's name; NULL is the Page, or the Instagram account, itself.

CREATE TABLE posts (
    id TEXT PRIMARY KEY, -- {page}_{post}
    page_id TEXT NOT NULL REFERENCES pages (id),
    author TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('status', 'share', 'photo', 'video')),
    message TEXT,
    link TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    published INTEGER NOT NULL,
    scheduled_at INTEGER,
    hidden INTEGER NOT NULL DEFAULT 0,
    by_app INTEGER NOT NULL, -- the API made it, so the API may edit it
    private_reply_at INTEGER
) STRICT;
CREATE INDEX posts_of_page ON posts (page_id, created_at);
CREATE TABLE photos (
    id TEXT PRIMARY KEY,
    page_id TEXT NOT NULL REFERENCES pages (id),
    post_id TEXT REFERENCES posts (id) ON DELETE CASCADE, -- NULL: uploaded, not yet attached to a post
    url TEXT NOT NULL,
    caption TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE videos (
    id TEXT PRIMARY KEY,
    page_id TEXT NOT NULL REFERENCES pages (id),
    post_id TEXT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    title TEXT,
    publish INTEGER NOT NULL, -- as soon as it is processed
    created_at INTEGER NOT NULL,
    ready_at INTEGER NOT NULL, -- the end of its processing
    state TEXT NOT NULL DEFAULT 'processing' CHECK (state IN ('processing', 'ready', 'error'))
) STRICT;
CREATE TABLE comments (
    id TEXT PRIMARY KEY, -- {post}_{comment} on Facebook, digits on Instagram
    object TEXT NOT NULL CHECK (object IN ('page', 'instagram')),
    page_id TEXT NOT NULL REFERENCES pages (id), -- the Page it concerns, for Instagram the linked one
    on_id TEXT NOT NULL, -- the post or the media
    parent_id TEXT REFERENCES comments (id) ON DELETE CASCADE,
    author TEXT,
    message TEXT NOT NULL,
    attachment TEXT, -- the address of a picture
    created_at INTEGER NOT NULL,
    hidden INTEGER NOT NULL DEFAULT 0,
    private_reply_at INTEGER
) STRICT;
CREATE INDEX comments_on ON comments (on_id, created_at);
CREATE INDEX replies_to ON comments (parent_id);
CREATE TABLE reactions (
    on_id TEXT NOT NULL, -- a post or a comment
    actor TEXT NOT NULL, -- a visitor's name; empty: the Page
    kind TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (on_id, actor)
) STRICT;

CREATE TABLE broadcasts ( -- of Pages, while they run
    id TEXT PRIMARY KEY,
    page_id TEXT NOT NULL REFERENCES pages (id)
) STRICT;

CREATE TABLE instagram_containers (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES instagram (id),
    media_type TEXT NOT NULL CHECK (media_type IN ('IMAGE', 'VIDEO', 'REELS', 'STORIES', 'CAROUSEL')),
    is_video INTEGER NOT NULL,
    url TEXT,
    caption TEXT,
    alt_text TEXT,
    children TEXT NOT NULL, -- JSON list of containers
    carousel_item INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ready_at INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    media_id TEXT -- what it became
) STRICT;
CREATE TABLE instagram_media (
    id TEXT PRIMARY KEY,
    account_id TEXT REFERENCES instagram (id), -- NULL: somebody else's
    owner TEXT NOT NULL, -- user name
    media_type TEXT NOT NULL CHECK (media_type IN ('IMAGE', 'VIDEO', 'CAROUSEL_ALBUM')),
    product_type TEXT NOT NULL CHECK (product_type IN ('FEED', 'REELS', 'STORY', 'LIVE')),
    parent_id TEXT REFERENCES instagram_media (id),
    url TEXT NOT NULL,
    caption TEXT,
    alt_text TEXT,
    created_at INTEGER NOT NULL,
    by_app INTEGER NOT NULL, -- counts for the publishing quota
    comments_enabled INTEGER NOT NULL DEFAULT 1,
    ended_at INTEGER -- of a story or a broadcast
) STRICT;
CREATE TABLE instagram_mentions (
    account_id TEXT NOT NULL REFERENCES instagram (id),
    media_id TEXT NOT NULL REFERENCES instagram_media (id),
    comment_id TEXT REFERENCES comments (id) ON DELETE CASCADE -- NULL: in the caption
) STRICT;

CREATE TABLE lead_forms (
    id TEXT PRIMARY KEY,
    page_id TEXT NOT NULL REFERENCES pages (id),
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ACTIVE', 'ARCHIVED', 'DELETED', 'DRAFT')),
    locale TEXT NOT NULL,
    questions TEXT NOT NULL, -- JSON list of {key, label, type, options?}
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE leads (
    id TEXT PRIMARY KEY,
    form_id TEXT NOT NULL REFERENCES lead_forms (id),
    answers TEXT NOT NULL, -- JSON list of {name, values}
    ad_id TEXT, -- NULL: organic, or a test
    is_test INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX leads_of_form ON leads (form_id, created_at);

-- Changes that wait for the next delivery, which takes many at once.
CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page_id TEXT NOT NULL REFERENCES pages (id),
    object TEXT NOT NULL,
    entry_id TEXT NOT NULL, -- the Page or the Instagram account
    field TEXT NOT NULL,
    value TEXT NOT NULL, -- JSON
    created_at INTEGER NOT NULL
) STRICT;

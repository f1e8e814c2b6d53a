-- The links that renew a connection: asked for with every call through one that needs it.
CREATE INDEX links_reconnect ON links (reconnect, created_at) WHERE reconnect IS NOT NULL;

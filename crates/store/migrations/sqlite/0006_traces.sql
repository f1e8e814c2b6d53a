-- What an act and its echo have in common, hashed: an echo may come before Meta's answer to the act.
ALTER TABLE acts ADD COLUMN trace_hash BLOB;
CREATE INDEX acts_trace ON acts (connection_id, trace_hash);

-- +goose Up
-- What became of calls, without audio: part 0 is the whole call, the others
-- are its times with people.
CREATE TABLE call_records (
    id         INTEGER PRIMARY KEY,
    call       TEXT NOT NULL,
    part       INTEGER NOT NULL,
    kind       TEXT NOT NULL, -- in, callback, out
    caller     TEXT NOT NULL, -- number, masked or in full as configured; personal data
    department TEXT NOT NULL,
    language   TEXT NOT NULL,
    started    TEXT NOT NULL, -- RFC 3339, UTC, as all times here
    answered   TEXT NOT NULL, -- '' when nobody did
    ended      TEXT NOT NULL,
    agent      TEXT NOT NULL, -- who answered
    ending     TEXT NOT NULL,
    request    TEXT NOT NULL, -- reference of the callback it was
    topic      TEXT NOT NULL,
    resolution TEXT NOT NULL, -- solved, forwarded, open
    bot        TEXT NOT NULL, -- right, wrong, missing
    article    TEXT NOT NULL, -- the answer that was wrong
    note       TEXT NOT NULL, -- may hold personal data
    summary    TEXT NOT NULL, -- JSON list of lines, where that is configured; personal data
    UNIQUE (call, part)
);
CREATE INDEX call_records_started ON call_records (started);

CREATE TABLE presence_log (
    id     INTEGER PRIMARY KEY,
    agent  TEXT NOT NULL,
    at     TEXT NOT NULL,
    state  TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX presence_log_at ON presence_log (at);

-- Places in the queue that are kept for those who chose a callback.
CREATE TABLE callback_places (
    call       TEXT PRIMARY KEY,
    department TEXT NOT NULL,
    language   TEXT NOT NULL,
    since      TEXT NOT NULL
);

-- What the desk and its queue shall remember over a restart.
CREATE TABLE desk_settings (
    name    TEXT PRIMARY KEY,
    value   TEXT NOT NULL, -- JSON
    changed TEXT NOT NULL
);

-- The outbox now brings events of calls too.
ALTER TABLE deliveries RENAME TO deliveries_before;
DROP INDEX deliveries_reference;
DROP INDEX deliveries_waiting;
CREATE TABLE deliveries (
    key       TEXT PRIMARY KEY, -- the receiver knows a repetition by it
    event     TEXT NOT NULL,    -- request.taken, callback.due, call.ended
    reference TEXT REFERENCES requests (reference) ON DELETE CASCADE, -- NULL: not about a request
    record    INTEGER REFERENCES call_records (id) ON DELETE CASCADE, -- NULL: not about a call
    target    TEXT NOT NULL,
    state     TEXT NOT NULL, -- waiting, delivered, dead
    attempts  INTEGER NOT NULL,
    next      TEXT NOT NULL, -- not before
    error     TEXT NOT NULL, -- of the last attempt
    created   TEXT NOT NULL,
    changed   TEXT NOT NULL
);
INSERT INTO deliveries (key, event, reference, target, state, attempts, next, error, created, changed)
SELECT key, 'request.taken', reference, target, state, attempts, next, error, created, changed FROM deliveries_before;
DROP TABLE deliveries_before;
CREATE INDEX deliveries_reference ON deliveries (reference);
CREATE INDEX deliveries_record ON deliveries (record);
CREATE INDEX deliveries_waiting ON deliveries (target, next) WHERE state = 'waiting';

-- +goose Down
ALTER TABLE deliveries RENAME TO deliveries_after;
DROP INDEX deliveries_reference;
DROP INDEX deliveries_record;
DROP INDEX deliveries_waiting;
CREATE TABLE deliveries (
    key       TEXT PRIMARY KEY,
    reference TEXT NOT NULL REFERENCES requests (reference) ON DELETE CASCADE,
    target    TEXT NOT NULL,
    state     TEXT NOT NULL,
    attempts  INTEGER NOT NULL,
    next      TEXT NOT NULL,
    error     TEXT NOT NULL,
    created   TEXT NOT NULL,
    changed   TEXT NOT NULL
);
INSERT INTO deliveries SELECT key, reference, target, state, attempts, next, error, created, changed FROM deliveries_after WHERE reference IS NOT NULL;
DROP TABLE deliveries_after;
CREATE INDEX deliveries_reference ON deliveries (reference);
CREATE INDEX deliveries_waiting ON deliveries (target, next) WHERE state = 'waiting';
DROP TABLE desk_settings;
DROP TABLE callback_places;
DROP TABLE presence_log;
DROP TABLE call_records;

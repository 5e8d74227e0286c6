-- +goose Up
ALTER TABLE requests RENAME TO requests_before;
DROP INDEX requests_at;

CREATE TABLE requests (
    reference  TEXT PRIMARY KEY,
    call       TEXT NOT NULL,
    created    TEXT NOT NULL, -- RFC 3339, UTC, as all times here
    form       TEXT NOT NULL,
    department TEXT NOT NULL,
    language   TEXT NOT NULL, -- of the call
    concern    TEXT NOT NULL, -- personal data
    slots      TEXT NOT NULL, -- JSON list; personal data
    due        TEXT NOT NULL, -- '' until worked out
    status     TEXT NOT NULL, -- new, in_work, done, rejected
    changed    TEXT NOT NULL  -- when the status became what it is
);
CREATE INDEX requests_created ON requests (created);
CREATE INDEX requests_call ON requests (call);

INSERT INTO requests (reference, call, created, form, department, language, concern, slots, due, status, changed)
SELECT reference, call, at, kind, '', language, topic,
       CASE number WHEN '' THEN '[]' ELSE json_array(json_object('name', 'number', 'kind', 'phone', 'value', number, 'spoken', number, 'listed', json('true'))) END,
       '', 'new', at
FROM requests_before;
DROP TABLE requests_before;

-- What happened to a request; its notes may hold personal data and go with it.
CREATE TABLE request_events (
    id        INTEGER PRIMARY KEY,
    reference TEXT NOT NULL REFERENCES requests (reference) ON DELETE CASCADE,
    at        TEXT NOT NULL,
    who       TEXT NOT NULL,
    what      TEXT NOT NULL,
    detail    TEXT NOT NULL
);
CREATE INDEX request_events_reference ON request_events (reference);

-- The outbox: what is yet to be brought to whom, written with the request.
CREATE TABLE deliveries (
    key       TEXT PRIMARY KEY, -- the receiver knows a repetition by it
    reference TEXT NOT NULL REFERENCES requests (reference) ON DELETE CASCADE,
    target    TEXT NOT NULL,
    state     TEXT NOT NULL, -- waiting, delivered, dead
    attempts  INTEGER NOT NULL,
    next      TEXT NOT NULL, -- not before
    error     TEXT NOT NULL, -- of the last attempt
    created   TEXT NOT NULL,
    changed   TEXT NOT NULL
);
CREATE INDEX deliveries_reference ON deliveries (reference);
CREATE INDEX deliveries_waiting ON deliveries (target, next) WHERE state = 'waiting';

-- Who erased what and when; it names no person that called.
CREATE TABLE erasures (
    id        INTEGER PRIMARY KEY,
    at        TEXT NOT NULL,
    who       TEXT NOT NULL,
    call      TEXT NOT NULL, -- '' unless a whole call was erased
    reference TEXT NOT NULL, -- '' unless it was a request
    why       TEXT NOT NULL
);

-- +goose Down
DROP TABLE erasures;
DROP TABLE deliveries;
DROP TABLE request_events;
ALTER TABLE requests RENAME TO requests_after;
CREATE TABLE requests (
    reference TEXT PRIMARY KEY,
    call      TEXT NOT NULL,
    at        TEXT NOT NULL,
    kind      TEXT NOT NULL,
    number    TEXT NOT NULL,
    language  TEXT NOT NULL,
    topic     TEXT NOT NULL
);
INSERT INTO requests SELECT reference, call, created, form, '', language, concern FROM requests_after;
DROP TABLE requests_after;
CREATE INDEX requests_at ON requests (at);

-- +goose Up
CREATE TABLE answers (
    id         INTEGER PRIMARY KEY,
    call       TEXT NOT NULL,
    at         TEXT NOT NULL, -- RFC 3339, UTC
    article    TEXT NOT NULL,
    version    INTEGER NOT NULL,
    source     TEXT NOT NULL,
    confidence REAL NOT NULL,
    model      TEXT NOT NULL
);
CREATE INDEX answers_call ON answers (call);

CREATE TABLE requests (
    reference TEXT PRIMARY KEY,
    call      TEXT NOT NULL,
    at        TEXT NOT NULL, -- RFC 3339, UTC
    kind      TEXT NOT NULL,
    number    TEXT NOT NULL,
    language  TEXT NOT NULL,
    topic     TEXT NOT NULL
);
CREATE INDEX requests_at ON requests (at);

-- +goose Down
DROP TABLE requests;
DROP TABLE answers;

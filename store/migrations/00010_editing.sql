-- +goose Up
CREATE TABLE article_versions (
    article    TEXT NOT NULL,
    number     INTEGER NOT NULL,
    folder     TEXT NOT NULL,           -- below articles/
    state      TEXT NOT NULL,           -- draft, review, approved
    origin     TEXT NOT NULL,           -- folder, editor, rollback, import NAME, sync URL
    authors    TEXT NOT NULL,           -- JSON list, the last one wrote last
    reviewer   TEXT NOT NULL,
    created    TEXT NOT NULL,           -- RFC 3339, UTC, as all times here
    changed    TEXT NOT NULL,
    publish_at TEXT NOT NULL,           -- '' until approved
    ended_at   TEXT NOT NULL,           -- '' unless withdrawn
    files      TEXT NOT NULL,           -- JSON, text by file name
    machine    TEXT NOT NULL,           -- JSON list of languages whose words a machine chose
    note       TEXT NOT NULL,
    PRIMARY KEY (article, number)
);

CREATE TABLE article_events (
    id      INTEGER PRIMARY KEY,
    article TEXT NOT NULL,
    number  INTEGER NOT NULL,
    at      TEXT NOT NULL,
    who     TEXT NOT NULL,
    what    TEXT NOT NULL,
    detail  TEXT NOT NULL
);
CREATE INDEX article_events_article ON article_events (article);

CREATE TABLE unanswered (
    id       INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    language TEXT NOT NULL,
    text     TEXT NOT NULL,             -- masked
    done     TEXT NOT NULL              -- who has dealt with it, '' while open
);

CREATE TABLE thumbs (
    id      INTEGER PRIMARY KEY,
    at      TEXT NOT NULL,
    article TEXT NOT NULL,
    number  INTEGER NOT NULL,
    who     TEXT NOT NULL,
    up      INTEGER NOT NULL,
    note    TEXT NOT NULL
);
CREATE INDEX thumbs_article ON thumbs (article);

CREATE TABLE sync_pages (
    source   TEXT NOT NULL,
    url      TEXT NOT NULL,
    article  TEXT NOT NULL,
    etag     TEXT NOT NULL,
    modified TEXT NOT NULL,
    hash     TEXT NOT NULL,             -- of the text that was taken
    missing  INTEGER NOT NULL,          -- times it was gone in a row
    PRIMARY KEY (source, url)
);

CREATE TABLE sync_runs (
    id      INTEGER PRIMARY KEY,
    source  TEXT NOT NULL,
    began   TEXT NOT NULL,
    ended   TEXT NOT NULL,
    pages   INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    gone    INTEGER NOT NULL,
    notes   TEXT NOT NULL               -- one line each
);

-- +goose Down
DROP TABLE sync_runs;
DROP TABLE sync_pages;
DROP TABLE thumbs;
DROP TABLE unanswered;
DROP TABLE article_events;
DROP TABLE article_versions;

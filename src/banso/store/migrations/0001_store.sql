-- Facts on their way in. One row is one accepted batch: committed means acknowledged.
CREATE TABLE store.inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    source text NOT NULL,
    dataset text NOT NULL CHECK (dataset IN ('events', 'records')),
    facts integer NOT NULL CHECK (facts > 0),
    payload bytea NOT NULL -- Arrow IPC stream, schema store.facts.FACTS
);

-- Which Parquet files hold facts. A file that is not here does not exist for readers.
CREATE TABLE store.segment (
    path text PRIMARY KEY, -- relative to the folder of segments
    bucket smallint, -- null: tail, not bucketed yet
    month text, -- YYYY-MM in UTC; null in the tail
    rows integer NOT NULL CHECK (rows > 0),
    bytes bigint NOT NULL,
    min_time bigint NOT NULL, -- UTC microseconds, as all times of facts here
    max_time bigint NOT NULL,
    generation bigint NOT NULL,
    CHECK ((bucket IS NULL) = (month IS NULL))
);
CREATE INDEX segment_place ON store.segment (bucket, month);

-- Files that compaction has replaced; readers that opened before may still need them.
CREATE TABLE store.retired_segment (
    path text PRIMARY KEY,
    retired_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Dictionaries. Ids are dense and never reused; they are given out under one lock.
CREATE TABLE store.account (
    id integer PRIMARY KEY,
    key text NOT NULL UNIQUE,
    hash bigint NOT NULL -- its low bits are the bucket, whatever the number of buckets
);
CREATE TABLE store.user_key (
    id integer PRIMARY KEY CHECK (id > 0), -- 0 in a segment: no user
    key text NOT NULL UNIQUE
);
CREATE TABLE store.action (
    id integer PRIMARY KEY,
    dataset text NOT NULL,
    source text NOT NULL,
    event text NOT NULL,
    feature text NOT NULL,
    product text NOT NULL,
    first_time bigint, -- null: known, but no fact stored
    UNIQUE (dataset, source, event, feature, product)
);

-- Stored facts by the quarter of an hour they happened in: when did a source fall silent?
CREATE TABLE store.activity (
    source text NOT NULL,
    dataset text NOT NULL,
    quarter bigint NOT NULL,
    facts bigint NOT NULL,
    PRIMARY KEY (source, dataset, quarter)
);

-- What became of everything received, by the hour of receipt.
CREATE TABLE store.ledger (
    source text NOT NULL,
    dataset text NOT NULL,
    hour timestamptz NOT NULL,
    received bigint NOT NULL,
    stored bigint NOT NULL,
    duplicate bigint NOT NULL,
    quarantined bigint NOT NULL,
    PRIMARY KEY (source, dataset, hour),
    CHECK (received = stored + duplicate + quarantined)
);

-- Rows that could not become facts. The same row seen again only counts up.
CREATE TABLE store.quarantine (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL,
    source text NOT NULL,
    dataset text NOT NULL,
    origin text NOT NULL,
    "row" bigint NOT NULL,
    reason text NOT NULL,
    payload text NOT NULL,
    seen integer NOT NULL DEFAULT 1,
    fingerprint uuid NOT NULL UNIQUE
);

-- Goes up by one whenever the set of facts in segments changes.
CREATE TABLE store.generation (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    number bigint NOT NULL
);
INSERT INTO store.generation (number) VALUES (0);

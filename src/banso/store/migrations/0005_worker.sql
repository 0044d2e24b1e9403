-- What was deleted because its source is not to be kept for longer: stored facts are those of the
-- ledger without these.
CREATE TABLE store.expired (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    dataset text NOT NULL,
    before bigint NOT NULL, -- facts before this instant (UTC microseconds)
    facts bigint NOT NULL CHECK (facts > 0),
    deleted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The last turn of the collector, wherever it runs: is it alive, and does it keep up?
CREATE TABLE store.turn (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    at timestamptz NOT NULL,
    seconds double precision NOT NULL
);

-- What became of the newest live calls, for people who look on. The collector writes it and keeps so
-- many of each source and outcome.
CREATE TABLE store.recent_call (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL,
    source text NOT NULL,
    call text NOT NULL, -- empty where that could not be read
    event text NOT NULL,
    user_id text,
    account text,
    outcome text NOT NULL CHECK (outcome IN ('stored', 'duplicate', 'waiting', 'quarantined')),
    key uuid, -- of source and message id; null where the call could not be read
    quarantine uuid -- fingerprint of its row there
);
CREATE INDEX recent_call_outcome ON store.recent_call (source, outcome, id);
CREATE INDEX recent_call_key ON store.recent_call (key) WHERE outcome = 'waiting';

-- A row of quarantine is never deleted: it can be replayed, or discarded with a reason.
ALTER TABLE store.quarantine
    ADD COLUMN came_at timestamptz, -- the first time; received_at: the last
    ADD COLUMN state text NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'replaying', 'replayed', 'discarded'));
UPDATE store.quarantine SET came_at = received_at;
ALTER TABLE store.quarantine ALTER COLUMN came_at SET NOT NULL;
CREATE INDEX quarantine_state ON store.quarantine (state, id);

-- In which hours a row of quarantine was counted as quarantined in the ledger: there it is taken out
-- again when a replay succeeds. Of rows from before this table only the last time is known.
CREATE TABLE store.sighting (
    quarantine bigint NOT NULL REFERENCES store.quarantine,
    hour timestamptz NOT NULL,
    times integer NOT NULL,
    PRIMARY KEY (quarantine, hour)
);
INSERT INTO store.sighting (quarantine, hour, times)
    SELECT id, date_trunc('hour', received_at, 'UTC'), 1 FROM store.quarantine;

-- What people did with rows of quarantine, and what came of it. Rows are only added; the outcome of
-- a replay is entered once it is known.
CREATE TABLE store.deed (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    quarantine bigint NOT NULL REFERENCES store.quarantine,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    by text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('replay', 'discard', 'restore')),
    note text NOT NULL DEFAULT '',
    payload text, -- what the row said before it was edited; null: it was not
    reason text NOT NULL, -- why the row was in quarantine then
    outcome text CHECK (outcome IN ('stored', 'duplicate', 'waiting', 'quarantined'))
);
CREATE INDEX deed_quarantine ON store.deed (quarantine, id);

-- Requests of tracking clients on their way in. One row is one request: committed means
-- acknowledged. They become facts when they are collected.
CREATE TABLE store.tracked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    source text NOT NULL,
    call text NOT NULL, -- 'batch', or the one call that was made
    events integer NOT NULL CHECK (events > 0),
    payload bytea NOT NULL -- the body, decompressed
);
-- compressing a body would cost more than all else that is done with it
ALTER TABLE store.tracked ALTER COLUMN payload SET STORAGE EXTERNAL;

-- Calls whose account is not known yet. They are in no ledger until they are attributed.
CREATE TABLE store.waiting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL,
    source text NOT NULL,
    "row" integer NOT NULL, -- place in its request
    person text NOT NULL,
    ready boolean NOT NULL DEFAULT false, -- something has become known of the person
    payload text NOT NULL -- the call as ASCII JSON
);
CREATE INDEX waiting_person ON store.waiting (person);
CREATE INDEX waiting_ready ON store.waiting (id) WHERE ready;
CREATE INDEX waiting_received ON store.waiting (received_at);

-- Calls of identify, group and alias, whole: who is who, and what was said of them.
CREATE TABLE store.introduction (
    key uuid PRIMARY KEY, -- of source and message id
    content bigint NOT NULL,
    received_at timestamptz NOT NULL,
    source text NOT NULL,
    call text NOT NULL,
    time bigint NOT NULL, -- UTC microseconds
    user_id text,
    account text,
    payload text NOT NULL, -- the call as ASCII JSON
    applied boolean NOT NULL DEFAULT false -- what it tells of an account is an attribute by now
);
CREATE INDEX introduction_to_apply ON store.introduction (time, key)
    WHERE call = 'group' AND NOT applied;

-- From an instant on, a person (u and a user id, a and an anonymous id) is that user.
CREATE TABLE store.link (
    person text NOT NULL,
    since bigint NOT NULL,
    user_id text NOT NULL,
    PRIMARY KEY (person, since, user_id)
);
CREATE INDEX link_user ON store.link (user_id);

-- From an instant on, a person is at that account.
CREATE TABLE store.membership (
    person text NOT NULL,
    since bigint NOT NULL,
    account text NOT NULL,
    PRIMARY KEY (person, since, account)
);

-- When calls happened whose time rests on their receipt: the same call sent again happened then.
CREATE TABLE store.remembered (
    key uuid PRIMARY KEY, -- of source and message id
    time bigint NOT NULL
);

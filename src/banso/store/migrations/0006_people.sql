-- Who a person of the segments is, as now known. Segments keep the person as the call named it:
-- a user id, or an anonymous id after the character U+001F. The newest row up to a fact's time
-- counts; the first row of a person begins with all time. No row: the person is the user.
CREATE TABLE store.known_user (
    person integer NOT NULL, -- id in store.user_key
    since bigint NOT NULL, -- UTC microseconds
    user_id integer NOT NULL, -- id in store.user_key; 0: nobody has named the person yet
    PRIMARY KEY (person, since)
);

-- Facts whose account was found out, not told: of which person, in which account, from when to
-- when. What becomes known of the person later may say another account.
CREATE TABLE store.found_account (
    person integer NOT NULL, -- id in store.user_key
    account integer NOT NULL, -- id in store.account
    first_time bigint NOT NULL,
    last_time bigint NOT NULL,
    PRIMARY KEY (person, account)
);

-- Goes up by one whenever known_user changes.
ALTER TABLE store.generation ADD COLUMN people bigint NOT NULL DEFAULT 0;

-- An identify call whose user's account is not known yet: it is looked at again once it is.
ALTER TABLE store.introduction ADD COLUMN waits boolean NOT NULL DEFAULT false;
CREATE INDEX introduction_of_contacts ON store.introduction (time, key)
    WHERE call = 'identify' AND NOT applied AND NOT waits;
CREATE INDEX introduction_waiting ON store.introduction (user_id) WHERE waits;

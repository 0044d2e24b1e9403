-- Accounts that turned out to be one company: facts told under the one count for the other. The
-- facts stay as they were told, so that the two can be split again.
CREATE TABLE store.merged (
    account integer PRIMARY KEY, -- id in store.account
    into_account integer NOT NULL CHECK (into_account <> account)
);

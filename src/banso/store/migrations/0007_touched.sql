-- Accounts that live calls have brought facts to, and whose rules have not been judged since.
CREATE TABLE store.touched (
    account integer PRIMARY KEY, -- id in store.account
    generation bigint NOT NULL -- of the facts that came last
);

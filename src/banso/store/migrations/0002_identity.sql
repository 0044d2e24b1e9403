-- Which folder of segments belongs to this database: the file DATABASE beside it holds the same id.
CREATE TABLE store.identity (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO store.identity DEFAULT VALUES;

-- Which folder of segments belongs to this database: the folder holds the same id in a file.
CREATE TABLE store.identity (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO store.identity DEFAULT VALUES;

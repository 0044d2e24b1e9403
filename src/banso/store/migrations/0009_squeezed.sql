-- Bodies of requests are kept compressed (lz4) from a size on: sending and writing them is most of
-- what accepting costs.
ALTER TABLE store.tracked ADD COLUMN size integer; -- bytes of the body; null: it is not compressed

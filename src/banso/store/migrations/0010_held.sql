-- An account that is judged while a source is not as promised is judged again once it is: what rests
-- on that source could not be said.
ALTER TABLE store.touched ADD COLUMN state text NOT NULL DEFAULT 'new'
    CHECK (state IN ('new', 'held', 'again')); -- held: not for now; again: behind those with new facts

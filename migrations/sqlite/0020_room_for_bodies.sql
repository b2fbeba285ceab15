-- SQLite keeps a large value in pages of its own, uncompressed: there is nothing to set.
SELECT 1;

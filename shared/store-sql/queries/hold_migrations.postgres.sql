-- Of two processes that start at once one migrates, the other waits and finds it done. Until the transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended('stet: migrations', 1))

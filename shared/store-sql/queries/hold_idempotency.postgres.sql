-- Until the transaction ends; the two hashes make 64 bits of lock key, so that another key is hardly ever held by mistake, and then only waited for.
SELECT pg_try_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))::int::bigint AS held

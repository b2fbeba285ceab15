-- The moment first, then a number of our own: who recorded something before that moment had his number already, and it is a lower one. The number past
-- the last that has ended (pg_snapshot_xmax) would not do: an open transaction may have it.
SELECT
    public.now_us() AS now_us,
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_open,
    pg_current_xact_id()::text::bigint AS next

-- reliability.md rule 2. First the control rows, in order and shared, so that a pause waits for the claims under way and a claim
-- that waited for a pause sees it; then the runs, of which another claim may hold some: those are skipped. Where a batch has
-- `max_parallel`, hold_bounded_batches came before, and the count of what runs is exact.
-- Runs from their $4th crash on are on their last life; $5 of them at most are claimed.
-- Each claimed run's attempt begins here, by the same statement, and all that the claimant needs is answered in the order in which it was asked for.
-- Each `LATERAL` with its lock or OFFSET is a look-up for each row, and `status || ''` keeps it on the primary key: while little
-- waits or runs, the partial indexes look as if reading all of them were cheaper, and a plan lives on when that is over.
WITH told AS MATERIALIZED (
    SELECT min(k.place) AS place, decode(k.run, 'hex') AS run_id
    FROM json_array_elements_text($2::json) WITH ORDINALITY AS k (run, place)
    WHERE k.run = k.run || ''
    GROUP BY k.run
    ORDER BY place
),
asked AS MATERIALIZED (
    SELECT k.place, k.run_id, r.batch_id, r.crash_count >= $4::bigint AS is_last
    FROM told AS k
    CROSS JOIN LATERAL (
        SELECT x.batch_id, x.crash_count
        FROM runs AS x
        WHERE
            x.org_id = $1 AND x.run_id = k.run_id AND x.status || '' IN ('pending', 'queued')
            AND x.available_at_us <= (SELECT public.now_us())
        OFFSET 0
    ) AS r
),
controls AS MATERIALIZED (
    SELECT a.batch_id, c.lock_epoch
    FROM (SELECT DISTINCT d.batch_id FROM asked AS d WHERE d.batch_id IS NOT NULL ORDER BY d.batch_id) AS a
    CROSS JOIN LATERAL (
        SELECT x.lock_epoch
        FROM batch_controls AS x
        WHERE x.org_id = $1 AND x.batch_id = a.batch_id AND x.status = 'running'
        FOR SHARE
    ) AS c
),
rooms AS MATERIALIZED (
    SELECT
        c.batch_id, c.lock_epoch,
        b.max_parallel - (
            SELECT count(*) FROM runs AS x
            WHERE x.org_id = $1 AND x.batch_id = c.batch_id AND x.status = 'running' AND b.max_parallel IS NOT NULL
        ) AS room
    FROM controls AS c
    CROSS JOIN LATERAL (
        SELECT x.max_parallel FROM batches AS x WHERE x.org_id = $1 AND x.batch_id = c.batch_id OFFSET 0
    ) AS b
),
chosen AS MATERIALIZED (
    SELECT t.place, t.run_id, t.lock_epoch
    FROM (
        SELECT
            a.place, a.run_id, a.batch_id, a.is_last, m.lock_epoch, m.room, m.batch_id AS open_batch_id,
            row_number() OVER (PARTITION BY a.batch_id ORDER BY a.place) AS turn,
            row_number() OVER (PARTITION BY a.is_last ORDER BY a.place) AS life
        FROM asked AS a
        LEFT JOIN rooms AS m ON m.batch_id = a.batch_id
    ) AS t
    WHERE
        (t.batch_id IS NULL OR (t.open_batch_id IS NOT NULL AND t.turn <= coalesce(t.room, t.turn)))
        AND (NOT t.is_last OR t.life <= $5::bigint)
    ORDER BY t.place
),
held AS MATERIALIZED (
    SELECT k.place, k.run_id, k.lock_epoch
    FROM chosen AS k
    CROSS JOIN LATERAL (
        SELECT 1
        FROM runs AS x
        WHERE
            x.org_id = $1 AND x.run_id = k.run_id AND x.status || '' IN ('pending', 'queued')
            AND x.available_at_us <= (SELECT public.now_us())
        FOR UPDATE SKIP LOCKED
    ) AS r
),
claimed AS (
    UPDATE runs AS r
    SET
        status = 'running',
        fence = r.fence + 1,
        lease_until_us = public.now_us() + $3::bigint * 1000000,
        lock_epoch = h.lock_epoch
    FROM held AS h
    WHERE r.org_id = $1 AND r.run_id = h.run_id
    RETURNING r.*, h.place
),
begun AS (
    INSERT INTO attempts (org_id, run_id, fence, worker, started_at_us)
    SELECT r.org_id, r.run_id, r.fence, $6::text, public.now_us()
    FROM claimed AS r
)
SELECT
    r.org_id, r.run_id, r.template_id, r.batch_id, r.batch_run_index, r.rerun_index, r.locale, r.locale_index,
    r.grounding_mode, r.replicate_index, r.inputs_sha256, r.created_at_us, r.status, r.available_at_us, r.fence,
    r.lease_until_us, r.retry_index, r.crash_count, r.lock_epoch, r.finished_at_us, r.error_code, r.error_detail,
    r.drift_kind, r.model_version_effective, r.model_fingerprint, r.search_performed, r.grounded_effective,
    r.why_not_grounded, r.response_output_sha256, r.output_json_valid, r.als_block_sha256, r.als_variant_id,
    r.usage_input, r.usage_output, r.usage_cached, r.usage_reasoning, r.usage_tool_use, r.run_sha256, r.record_hmac,
    r.record_key_id,
    coalesce(r.inputs, b.inputs) AS inputs,
    b.batch_sha256, b.drift_policy, coalesce(r.traceparent, b.traceparent) AS traceparent,
    l.epoch, l.model_version, l.model_fingerprint AS lock_fingerprint, l.lock_version, l.service_tier,
    l.echo_sha256, l.tools_echo_sha256, l.listed, l.listed_mark, l.canary_sha256, l.observed_at_us
FROM claimed AS r
LEFT JOIN LATERAL (
    SELECT x.* FROM batches AS x WHERE x.org_id = $1 AND x.batch_id = r.batch_id OFFSET 0
) AS b ON true
LEFT JOIN LATERAL (
    SELECT x.* FROM lock_epochs AS x WHERE x.org_id = $1 AND x.batch_id = r.batch_id AND x.epoch = r.lock_epoch OFFSET 0
) AS l ON true
ORDER BY r.place

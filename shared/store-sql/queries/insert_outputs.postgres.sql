-- Only of runs of this org that ended with a result. $3 holds the bytes that $2 points into.
WITH told AS MATERIALIZED (
    SELECT
        decode(k.run, 'hex') AS run_id, (k.output ->> 'at')::int AS output_at, (k.output ->> 'bytes')::int AS output_bytes,
        (k.step1_text ->> 'at')::int AS step1_at, (k.step1_text ->> 'bytes')::int AS step1_bytes,
        k.als_block_text, (k.sealed_exchanges ->> 'at')::int AS sealed_at,
        (k.sealed_exchanges ->> 'bytes')::int AS sealed_bytes, (k.provenance ->> 'at')::int AS provenance_at,
        (k.provenance ->> 'bytes')::int AS provenance_bytes
    FROM json_to_recordset($2::json) AS k (
        run text, output json, step1_text json, als_block_text text, sealed_exchanges json, provenance json
    )
)
INSERT INTO run_outputs (org_id, run_id, output, step1_text, als_block_text, sealed_exchanges, provenance)
SELECT
    $1::text, k.run_id, substring($3::bytea FROM k.output_at FOR k.output_bytes),
    substring($3::bytea FROM k.step1_at FOR k.step1_bytes), k.als_block_text,
    substring($3::bytea FROM k.sealed_at FOR k.sealed_bytes),
    substring($3::bytea FROM k.provenance_at FOR k.provenance_bytes)
FROM told AS k
CROSS JOIN LATERAL (
    SELECT 1 FROM runs AS x WHERE x.org_id = $1 AND x.run_id = k.run_id AND x.run_sha256 IS NOT NULL OFFSET 0
) AS r

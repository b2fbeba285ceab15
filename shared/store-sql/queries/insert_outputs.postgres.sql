-- Only of runs of this org that ended with a result.
WITH told AS MATERIALIZED (
    SELECT k.*
    FROM unnest($2::bytea[], $3::bytea[], $4::bytea[], $5::text[], $6::bytea[], $7::bytea[])
        AS k (run_id, output, step1_text, als_block_text, sealed_exchanges, provenance)
)
INSERT INTO run_outputs (org_id, run_id, output, step1_text, als_block_text, sealed_exchanges, provenance)
SELECT $1::text, k.run_id, k.output, k.step1_text, k.als_block_text, k.sealed_exchanges, k.provenance
FROM told AS k
CROSS JOIN LATERAL (
    SELECT 1 FROM runs AS x WHERE x.org_id = $1 AND x.run_id = k.run_id AND x.run_sha256 IS NOT NULL OFFSET 0
) AS r

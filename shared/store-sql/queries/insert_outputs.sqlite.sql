-- $3 holds the bytes that $2 points into.
WITH told AS MATERIALIZED (
    SELECT jsonb(k.value) AS row FROM json_each($2) AS k
)
INSERT INTO run_outputs (org_id, run_id, output, step1_text, als_block_text, sealed_exchanges, provenance)
SELECT
    $1, unhex(o.row ->> 'run'), substr($3, o.row ->> '$.output.at', o.row ->> '$.output.bytes'),
    substr($3, o.row ->> '$.step1_text.at', o.row ->> '$.step1_text.bytes'),
    o.row ->> 'als_block_text',
    substr($3, o.row ->> '$.sealed_exchanges.at', o.row ->> '$.sealed_exchanges.bytes'),
    substr($3, o.row ->> '$.provenance.at', o.row ->> '$.provenance.bytes')
FROM told AS o

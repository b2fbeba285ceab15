WITH told AS MATERIALIZED (
    SELECT jsonb(k.value) AS row FROM json_each($2) AS k
)
INSERT INTO run_outputs (org_id, run_id, output, als_block_text, provenance)
SELECT
    $1, unhex(o.row ->> 'run'), unhex(o.row ->> 'output'), o.row ->> 'als_block_text',
    unhex(o.row ->> 'provenance')
FROM told AS o

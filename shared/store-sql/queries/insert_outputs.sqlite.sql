INSERT INTO run_outputs (org_id, run_id, output, als_block_text, provenance)
SELECT
    $1, unhex(o.value ->> 'run'), unhex(o.value ->> 'output'), o.value ->> 'als_block_text',
    unhex(o.value ->> 'provenance')
FROM json_each($2) AS o

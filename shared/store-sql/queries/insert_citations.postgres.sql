-- Only of outputs of this org.
WITH told AS MATERIALIZED (
    SELECT decode(k.run, 'hex') AS run_id, k.ordinal, k.url_raw, k.url, k.title, k.domain, k.class, k.span
    FROM json_to_recordset($2::json) AS k (
        run text, ordinal bigint, url_raw text, url text, title text, domain text, class text, span text
    )
)
INSERT INTO citations (org_id, run_id, ordinal, url_raw, url, title, domain, class, span)
SELECT $1::text, k.run_id, k.ordinal, k.url_raw, k.url, k.title, k.domain, k.class, k.span
FROM told AS k
CROSS JOIN LATERAL (
    SELECT 1 FROM run_outputs AS x WHERE x.org_id = $1 AND x.run_id = k.run_id OFFSET 0
) AS o

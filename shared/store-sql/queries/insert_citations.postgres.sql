-- Only of outputs of this org.
WITH told AS MATERIALIZED (
    SELECT k.*
    FROM unnest(
        $2::bytea[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]
    ) AS k (run_id, ordinal, url_raw, url, title, domain, class, span)
)
INSERT INTO citations (org_id, run_id, ordinal, url_raw, url, title, domain, class, span)
SELECT $1::text, k.run_id, k.ordinal, k.url_raw, k.url, k.title, k.domain, k.class, k.span
FROM told AS k
CROSS JOIN LATERAL (
    SELECT 1 FROM run_outputs AS x WHERE x.org_id = $1 AND x.run_id = k.run_id OFFSET 0
) AS o

WITH told AS MATERIALIZED (
    SELECT jsonb(k.value) AS row FROM json_each($2) AS k
)
INSERT INTO citations (org_id, run_id, ordinal, url_raw, url, title, domain, class, span)
SELECT
    $1, unhex(c.row ->> 'run'), c.row ->> 'ordinal', c.row ->> 'url_raw', c.row ->> 'url',
    c.row ->> 'title', c.row ->> 'domain', c.row ->> 'class', c.row ->> 'span'
FROM told AS c

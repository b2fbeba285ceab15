INSERT INTO citations (org_id, run_id, ordinal, url_raw, url, title, domain, class, span)
SELECT
    $1, unhex(c.value ->> 'run'), c.value ->> 'ordinal', c.value ->> 'url_raw', c.value ->> 'url',
    c.value ->> 'title', c.value ->> 'domain', c.value ->> 'class', c.value ->> 'span'
FROM json_each($2) AS c

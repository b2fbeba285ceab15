-- The current runs of a batch by locale, mode and the lock epoch that judged them: where they stand, and what the answers have in common.
-- Of what a domain's citers are to each other only sums are taken (docs/decisions/0020-matrix.md), so the work grows with the citations.
WITH newest AS MATERIALIZED (
    SELECT
        r.run_id, r.locale_index, r.locale, r.grounding_mode, coalesce(r.lock_epoch, 0) AS epoch, r.status, r.drift_kind,
        r.grounded_effective, r.output_json_valid, r.response_output_sha256
    FROM runs AS r
    WHERE
        r.org_id = $1 AND r.batch_id = $2
        AND NOT EXISTS (
            SELECT 1 FROM runs AS f
            WHERE
                f.org_id = $1 AND f.batch_id = $2 AND f.batch_run_index = r.batch_run_index
                AND f.rerun_index > r.rerun_index
        )
),
places AS (
    SELECT
        n.locale_index, n.grounding_mode, n.epoch, min(n.locale) AS locale, count(*) AS replicates,
        count(*) FILTER (WHERE n.status = 'succeeded') AS succeeded,
        count(*) FILTER (WHERE n.status = 'failed') AS failed,
        count(*) FILTER (WHERE n.status = 'cancelled') AS cancelled,
        count(*) FILTER (WHERE n.status = 'quarantined') AS quarantined,
        count(*) FILTER (WHERE n.status = 'succeeded' AND n.drift_kind IS NOT NULL) AS drifted,
        count(*) FILTER (WHERE n.status IN ('succeeded', 'failed') AND n.output_json_valid IS NOT NULL) AS json_judged,
        count(*) FILTER (WHERE n.status IN ('succeeded', 'failed') AND n.output_json_valid = 1) AS json_valid,
        count(*) FILTER (WHERE n.status IN ('succeeded', 'failed') AND n.grounded_effective IS NOT NULL) AS grounded_judged,
        count(*) FILTER (WHERE n.status IN ('succeeded', 'failed') AND n.grounded_effective = 1) AS grounded
    FROM newest AS n
    GROUP BY n.locale_index, n.grounding_mode, n.epoch
),
outputs AS (
    SELECT
        n.locale_index, n.grounding_mode, n.epoch, n.response_output_sha256, count(*) AS runs,
        row_number() OVER (
            PARTITION BY n.locale_index, n.grounding_mode, n.epoch
            ORDER BY count(*) DESC, n.response_output_sha256
        ) AS place,
        count(*) OVER (PARTITION BY n.locale_index, n.grounding_mode, n.epoch) AS distinct_outputs
    FROM newest AS n
    WHERE n.status = 'succeeded'
    GROUP BY n.locale_index, n.grounding_mode, n.epoch, n.response_output_sha256
),
cited AS (
    SELECT DISTINCT n.locale_index, n.grounding_mode, n.epoch, n.run_id, q.domain
    FROM newest AS n
    CROSS JOIN citations AS q
    WHERE q.org_id = $1 AND q.run_id = n.run_id AND n.status = 'succeeded' AND q.domain IS NOT NULL
),
citers AS (
    SELECT c.locale_index, c.grounding_mode, c.epoch, count(DISTINCT c.run_id) AS citing
    FROM cited AS c
    GROUP BY c.locale_index, c.grounding_mode, c.epoch
),
domains AS (
    SELECT c.locale_index, c.grounding_mode, c.epoch, c.domain, count(*) AS runs
    FROM cited AS c
    GROUP BY c.locale_index, c.grounding_mode, c.epoch, c.domain
),
shares AS (
    SELECT
        d.locale_index, d.grounding_mode, d.epoch, count(*) AS distinct_domains, CAST(sum(d.runs) AS bigint) AS mentions,
        CAST(sum(d.runs * (d.runs - 1)) AS bigint) AS echoes
    FROM domains AS d
    GROUP BY d.locale_index, d.grounding_mode, d.epoch
)
SELECT
    p.locale_index, p.locale, p.grounding_mode, nullif(p.epoch, 0) AS lock_epoch, p.replicates, p.succeeded, p.failed,
    p.cancelled, p.quarantined, p.drifted, p.json_judged, p.json_valid, p.grounded_judged, p.grounded,
    coalesce(o.distinct_outputs, 0) AS distinct_outputs, o.response_output_sha256, coalesce(o.runs, 0) AS modal_runs,
    coalesce(c.citing, 0) AS citing, coalesce(s.distinct_domains, 0) AS distinct_domains,
    coalesce(s.mentions, 0) AS mentions, coalesce(s.echoes, 0) AS echoes
FROM places AS p
LEFT JOIN outputs AS o
    ON
        o.locale_index = p.locale_index AND o.grounding_mode = p.grounding_mode AND o.epoch = p.epoch
        AND o.place = 1
LEFT JOIN citers AS c
    ON c.locale_index = p.locale_index AND c.grounding_mode = p.grounding_mode AND c.epoch = p.epoch
LEFT JOIN shares AS s
    ON s.locale_index = p.locale_index AND s.grounding_mode = p.grounding_mode AND s.epoch = p.epoch
ORDER BY
    p.locale_index,
    CASE p.grounding_mode WHEN 'UNGROUNDED' THEN 0 WHEN 'PREFERRED' THEN 1 ELSE 2 END,
    p.epoch

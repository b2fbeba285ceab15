//! Attempts as the rows tell them, and the moments of the database's clock.

use super::fleet::Worker;
use super::sql::Sql;

/// The database's clock, in microseconds.
pub(super) fn now_us(sql: &Sql) -> anyhow::Result<i64> {
    sql.number("SELECT public.now_us()")
}

/// Attempts of the worker that are under way.
pub(super) fn open_attempts(sql: &Sql, worker: &Worker) -> anyhow::Result<i64> {
    sql.number(&format!(
        "SELECT count(*) FROM attempts WHERE worker = '{}' AND outcome IS NULL",
        worker.incarnation
    ))
}

/// Attempts of that name which ended so.
pub(super) fn attempts_of(sql: &Sql, incarnation: &str, outcome: &str) -> anyhow::Result<i64> {
    sql.number(&format!(
        "SELECT count(*) FROM attempts WHERE worker = '{incarnation}' AND outcome = '{outcome}'"
    ))
}

/// How long after `from_us` the last of the worker's runs was taken back; in microseconds, 0 where none was.
pub(super) fn taken_back_us(sql: &Sql, incarnation: &str, from_us: i64) -> anyhow::Result<i64> {
    sql.number(&format!(
        "SELECT coalesce(max(finished_at_us) - {from_us}, 0) FROM attempts
        WHERE worker = '{incarnation}' AND outcome = 'lost'"
    ))
}

/// How many crashes leave a run its last life (docs/spec/reliability.md, rule 6).
const TO_LAST_LIFE: u32 = 2;

/// Which of the runs that a worker had lost.
#[derive(Clone, Copy)]
pub(super) enum Life {
    /// Those whose next crash is not their last.
    Another,
    /// Those whose next crash is.
    Last,
}

/// How many times a run came to its last life.
pub(super) fn last_lives(sql: &Sql) -> anyhow::Result<i64> {
    sql.number(&format!(
        "SELECT count(*) FROM (
            SELECT FROM attempts WHERE outcome = 'lost' GROUP BY org_id, run_id HAVING count(*) >= {TO_LAST_LIFE}
        ) AS r"
    ))
}

/// How long after `from_us` the last run of such a life was begun again that the worker had lost; in microseconds, 0 where none was.
pub(super) fn begun_again_us(sql: &Sql, incarnation: &str, from_us: i64, life: Life) -> anyhow::Result<i64> {
    let is_last = match life {
        Life::Another => "<",
        Life::Last => ">=",
    };
    sql.number(&format!(
        "SELECT coalesce(max(n.started_at_us) - {from_us}, 0)
        FROM attempts AS a
        CROSS JOIN LATERAL (
            SELECT x.started_at_us FROM attempts AS x
            WHERE x.org_id = a.org_id AND x.run_id = a.run_id AND x.fence > a.fence
            ORDER BY x.fence LIMIT 1
        ) AS n
        WHERE a.worker = '{incarnation}' AND a.outcome IN ('lost', 'fenced') AND (
            SELECT count(*) FROM attempts AS y
            WHERE y.org_id = a.org_id AND y.run_id = a.run_id AND y.fence <= a.fence AND y.outcome = 'lost'
        ) {is_last} {TO_LAST_LIFE}"
    ))
}

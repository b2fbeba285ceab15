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

/// How long after `from_us` the last run was begun again that the worker had lost; in microseconds, 0 where none was.
pub(super) fn begun_again_us(sql: &Sql, incarnation: &str, from_us: i64) -> anyhow::Result<i64> {
    sql.number(&format!(
        "SELECT coalesce(max(n.started_at_us) - {from_us}, 0)
        FROM attempts AS a
        CROSS JOIN LATERAL (
            SELECT x.started_at_us FROM attempts AS x
            WHERE x.org_id = a.org_id AND x.run_id = a.run_id AND x.fence > a.fence
            ORDER BY x.fence LIMIT 1
        ) AS n
        WHERE a.worker = '{incarnation}' AND a.outcome IN ('lost', 'fenced')"
    ))
}

//! Documents that are printed from the code: written where `STET_GENERATE` is set, else compared.

use std::fmt::Write as _;
use std::path::PathBuf;

use stet_domain::code::{CodeKind, ErrorCode};
use stet_domain::metric::{Metric, MetricKind};
use stet_domain::{batch, run, schedule};

fn agree(name: &str, generated: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    #[expect(clippy::disallowed_methods, reason = "the switch of `cargo xtask generate`")]
    if std::env::var_os("STET_GENERATE").is_some() {
        std::fs::write(&path, generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "docs/{name} differs from the code: run `cargo xtask generate`");
}

#[test]
fn errors() {
    let mut text = String::from(
        "# Error codes\n\nGenerated from `shared/domain/src/code.rs` by `cargo xtask generate`. A code means the same in rows, problems, metrics and pages.\n",
    );
    for (kind, heading) in [
        (CodeKind::Problem, "Problems: the `code` of an answer"),
        (CodeKind::Field, "Fields: in a problem's `errors`, with a JSON pointer"),
        (CodeKind::Run, "Runs: in `error_code` of runs and attempts"),
        (CodeKind::Integrity, "Integrity: in the findings of a verification"),
    ] {
        writeln!(text, "\n## {heading}\n").unwrap();
        text.push_str(if kind == CodeKind::Problem {
            "| code | status | meaning |\n|---|---|---|\n"
        } else {
            "| code | meaning |\n|---|---|\n"
        });
        for code in ErrorCode::ALL.iter().filter(|code| code.kind() == kind) {
            match kind {
                CodeKind::Problem => {
                    writeln!(text, "| `{code}` | {} | {} |", code.http_status(), code.doc()).unwrap();
                }
                CodeKind::Field | CodeKind::Run | CodeKind::Integrity => {
                    writeln!(text, "| `{code}` | {} |", code.doc()).unwrap();
                }
            }
        }
    }
    agree("errors.md", &text);
}

#[test]
fn states() {
    let text = format!(
        "# State machines\n\nGenerated from `run`, `batch` and `schedule` of `shared/domain/src/` by `cargo xtask generate`.\n\n\
         ## Run\n\n```mermaid\n{}\n```\n\n## Batch\n\n```mermaid\n{}\n```\n\n\
         ## Schedule\n\n```mermaid\n{}\n```\n",
        run::mermaid().trim_end(),
        batch::mermaid().trim_end(),
        schedule::mermaid().trim_end(),
    );
    agree("states.md", &text);
}

#[test]
fn metrics() {
    let mut text = String::from(
        "# Metrics\n\nGenerated from `shared/domain/src/metric.rs` by `cargo xtask generate`. `GET /metrics` serves them in Prometheus' text format, per process.\n\n| metric | kind | labels | meaning |\n|---|---|---|---|\n",
    );
    for metric in Metric::ALL {
        let kind = match metric.kind() {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
        };
        let labels: Vec<String> = metric.labels().iter().map(|label| format!("`{label}`")).collect();
        writeln!(text, "| `{}` | {kind} | {} | {} |", metric.name(), labels.join(", "), metric.doc())
            .unwrap();
    }
    agree("metrics.md", &text);
}

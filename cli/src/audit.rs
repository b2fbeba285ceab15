//! `stet audit`: what is stored, held against the invariants (reliability.md, "Invariants").

mod progress;

use serde_json::{Value, json};
use stet_domain::ids::OrgId;
use stet_domain::invariant::Invariant;
use stet_ops::{Finding, Moment, Offence, Ops};

use crate::args::Audit;
use crate::exit::Exit;
use crate::screen::Screen;
use crate::server;
use crate::settings::Settings;
use progress::Progress;

const COLUMNS: &[&str] = &["/invariant", "/says", "/looked", "/violations", "/first", "/note"];

/// Answers by exit status: a database that cannot be looked at is neither sound nor broken.
pub(crate) async fn run(settings: &Settings, screen: Screen, options: &Audit) -> anyhow::Result<Exit> {
    match look(settings, screen, options).await {
        Ok(findings) => {
            let lines: Vec<Value> =
                Invariant::ALL.iter().map(|invariant| line(*invariant, &findings, options)).collect();
            screen.list(&lines, COLUMNS)?;
            let broken = findings.iter().any(|finding| finding.violations > 0);
            Ok(if broken { Exit::Error } else { Exit::Done })
        }
        Err(error) => {
            eprintln!("error: the database could not be audited: {error:#}");
            Ok(Exit::Undetermined)
        }
    }
}

async fn look(settings: &Settings, screen: Screen, options: &Audit) -> anyhow::Result<Vec<Finding>> {
    let ops = server::operations(settings).await?;
    let orgs = if options.orgs.is_empty() { ops.audited_orgs().await? } else { options.orgs.clone() };
    let progress = Progress::of(screen);
    let mut findings: Vec<Finding> = Vec::new();
    for org in &orgs {
        for found in of_org(&ops, org, options, &progress).await? {
            match findings.iter_mut().find(|finding| finding.invariant == found.invariant) {
                Some(finding) => finding.add(found),
                None => findings.push(found),
            }
        }
    }
    progress.end();
    Ok(findings)
}

async fn of_org(
    ops: &Ops,
    org: &OrgId,
    options: &Audit,
    progress: &Progress,
) -> anyhow::Result<Vec<Finding>> {
    let moment = if options.at_rest { Moment::AtRest } else { Moment::AtWork };
    let rows = |check: stet_ops::rows::Check, rows| progress.looked(org, check.invariant(), rows);
    let mut findings = ops.audit_rows(org, moment, rows).await?;
    if !options.skip_seals {
        findings.push(ops.audit_seals(org, |proved| progress.looked(org, Invariant::Seals, proved)).await?);
    }
    Ok(findings)
}

/// An invariant as it is shown; `looked` is null where it was not judged.
fn line(invariant: Invariant, findings: &[Finding], options: &Audit) -> Value {
    let finding = findings.iter().find(|finding| finding.invariant == invariant);
    json!({
        "invariant": invariant.name(),
        "says": invariant.says(),
        "looked": finding.map(|finding| finding.looked),
        "violations": finding.map(|finding| finding.violations),
        "first": finding.map(|finding| finding.offences.iter().map(told).collect::<Vec<_>>()).unwrap_or_default(),
        "note": note(invariant, options),
    })
}

/// What the rows cannot tell.
const fn note(invariant: Invariant, options: &Audit) -> Option<&'static str> {
    match invariant {
        Invariant::Ended if !options.at_rest => Some("judged with --at-rest alone"),
        Invariant::Sink => Some("not judged: this build has no analytics sink"),
        Invariant::Seals if options.skip_seals => Some("left out: --skip-seals"),
        Invariant::Terminal => Some("that an end stayed the same is proved by its seals (I11)"),
        Invariant::Calls => Some("exchanges have no begin of their own: that of their attempt is judged"),
        Invariant::Results
        | Invariant::Fences
        | Invariant::Counters
        | Invariant::Cells
        | Invariant::Ended
        | Invariant::Pauses
        | Invariant::Orgs
        | Invariant::Seals => None,
    }
}

fn told(offence: &Offence) -> String {
    let Offence { org, subject, disagreement } = offence;
    match disagreement {
        Some(disagreement) => format!("{org} {subject} {disagreement}"),
        None => format!("{org} {subject}"),
    }
}

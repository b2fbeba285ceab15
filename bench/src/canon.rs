//! Canonical forms: how fast, beside a reader and writer that keeps no rules.

mod documents;

use std::hint::black_box;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;

use crate::machine::Machine;
use crate::process::thread_cpu_seconds;
use crate::report::{Figure, Report, Section};
use crate::spread::Spread;
use documents::{Document, documents, texts};

#[derive(Args)]
pub(crate) struct Options {
    /// Rounds of each measurement.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How long each candidate works on one shape in a round, in milliseconds.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..))]
    slice_ms: u64,
}

/// What is done to the bytes of a document.
type Candidate = (&'static str, fn(&[u8]) -> usize);

const OF_JSON: &[Candidate] = &[("canonical", canonical_json), ("serde_json", through_serde)];
const OF_TEXT: &[Candidate] = &[("canonical text", canonical_text), ("SHA-256", sha256)];

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let machine = Machine::look();
    let (documents, texts) = (documents(), texts());
    for document in &documents {
        let once = stet_canon::output::canonicalize(&document.bytes);
        let once = once.map_err(|refusal| anyhow::anyhow!("{}: {refusal}", document.shape))?;
        let again = stet_canon::output::canonicalize(&once).ok().context("a canonical form was refused")?;
        ensure!(once == again, "{}: the canonical form of a canonical form differs", document.shape);
    }
    let slice = Duration::from_millis(options.slice_ms);
    let json = measure(&documents, OF_JSON, options.rounds, slice)?;
    let text = measure(&texts, OF_TEXT, options.rounds, slice)?;
    let rounds = options.rounds as usize;
    let sections = vec![
        Section { title: "canonical JSON (canonical.md §2)".to_owned(), rounds, figures: json },
        Section { title: "canonical text (canonical.md §3)".to_owned(), rounds, figures: text },
    ];
    Ok(Report { machine, sections })
}

/// Each round measures every shape with every candidate in turn, so that what disturbs the machine disturbs all of them.
fn measure(
    documents: &[Document],
    candidates: &[Candidate],
    rounds: u32,
    slice: Duration,
) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let mut speeds = vec![vec![Vec::new(); candidates.len()]; documents.len()];
    for _ in 0..rounds {
        for (document, speeds) in documents.iter().zip(&mut speeds) {
            for ((_, candidate), speeds) in candidates.iter().zip(speeds.iter_mut()) {
                speeds.push(speed(&document.bytes, *candidate, slice));
            }
        }
    }
    for (document, speeds) in documents.iter().zip(&speeds) {
        let shape = format!("{}, {:.1} KB", document.shape, kilobytes(document.bytes.len()));
        for ((candidate, _), speeds) in candidates.iter().zip(speeds) {
            figures.push(figure(format!("{shape}: {candidate}"), "MB/s", speeds)?);
        }
        if let [first, second] = speeds.as_slice() {
            let ratios: Vec<f64> = first.iter().zip(second).map(|(ours, beside)| ours / beside).collect();
            figures.push(figure(format!("{shape}: ratio"), "×", &ratios)?);
        }
    }
    Ok(figures)
}

fn figure(name: String, unit: &str, values: &[f64]) -> anyhow::Result<Figure> {
    let spread = Spread::of(values).context("no round was measured")?;
    Ok(Figure { name, unit: unit.to_owned(), spread })
}

/// Megabytes of input a CPU second of this thread: what others do on the machine takes less part in it than in the wall clock's.
fn speed(bytes: &[u8], candidate: fn(&[u8]) -> usize, slice: Duration) -> f64 {
    black_box(candidate(black_box(bytes)));
    let start = thread_cpu_seconds();
    let mut kilobytes_done = 0.0;
    loop {
        for _ in 0..8 {
            black_box(candidate(black_box(bytes)));
            kilobytes_done += kilobytes(bytes.len());
        }
        let spent = thread_cpu_seconds() - start;
        if spent >= slice.as_secs_f64() {
            return kilobytes_done / 1000.0 / spent;
        }
    }
}

/// Lengths here are far below 2³².
fn kilobytes(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1000.0
}

fn canonical_json(bytes: &[u8]) -> usize {
    stet_canon::output::canonicalize(bytes).map_or(0, |canonical| canonical.len())
}

fn through_serde(bytes: &[u8]) -> usize {
    let value: Result<serde_json::Value, _> = serde_json::from_slice(bytes);
    value.and_then(|value| serde_json::to_vec(&value)).map_or(0, |written| written.len())
}

fn canonical_text(bytes: &[u8]) -> usize {
    stet_canon::text::canonicalize(bytes).map_or(0, |canonical| canonical.len())
}

fn sha256(bytes: &[u8]) -> usize {
    usize::from(stet_canon::Digest::of(bytes).to_bytes()[0])
}

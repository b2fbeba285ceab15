//! Real recorded answers: every one of a folder is read and held against the reading that is expected of it.
//!
//! A folder has sub-folders by interface; in them stand `<case>.json`, the body as answered, and `<case>.meta.json`, which
//! tells the status and what a careful reader finds (`expect`).

mod case;
mod chat;
mod differences;
mod gemini;
mod listing;
mod openai;
mod stream;

use std::error::Error;
use std::fmt::Write;
use std::path::Path;

use case::Case;
use differences::{Difference, Differences};

/// Characters of a value that the table shows.
const SHOWN_CHARS: usize = 60;

/// What came of reading a folder.
pub(crate) struct Report {
    answers: usize,
    differing: Vec<(String, Vec<Difference>)>,
}

impl Report {
    /// Whether every answer was read as expected, and there was one at all.
    pub(crate) fn agrees(&self) -> bool {
        self.answers > 0 && self.differing.is_empty()
    }

    /// The disagreements, one a line, and the summary.
    pub(crate) fn table(&self) -> String {
        let mut table = String::new();
        for (case, differences) in &self.differing {
            for Difference { field, read, expected } in differences {
                let (read, expected) = (shown(read), shown(expected));
                let line = writeln!(table, "{case}\n    {field}: read {read}, expected {expected}");
                line.expect("a string takes every line");
            }
        }
        let differing = self.differing.len();
        let agreeing = self.answers - differing;
        table + &format!("{} answers, {agreeing} agree, {differing} disagree", self.answers)
    }
}

fn shown(value: &str) -> String {
    let mut shown: String = value.chars().take(SHOWN_CHARS).collect();
    if shown.len() < value.len() {
        shown.push('…');
    }
    shown
}

/// Reads every answer under `root`.
///
/// # Errors
/// A folder that cannot be read, or a case that is not of the form above.
pub(crate) fn read(root: &Path) -> Result<Report, Box<dyn Error>> {
    let mut report = Report { answers: 0, differing: Vec::new() };
    for case in case::all(root)? {
        let mut differences = Differences::default();
        compare(&case, &mut differences).map_err(|error| format!("{}: {error}", case.name))?;
        report.answers += 1;
        if !differences.0.is_empty() {
            report.differing.push((case.name, differences.0));
        }
    }
    Ok(report)
}

/// Interfaces that Stet does not speak are read for what they are kept for: fingerprints, which only Chat Completions carry,
/// and the joined content of streams.
fn compare(case: &Case, differences: &mut Differences) -> Result<(), Box<dyn Error>> {
    match case.folder.as_str() {
        "openai" => {
            openai::compare(case, differences);
            Ok(())
        }
        "openai_chat" => chat::compare(case, differences),
        "gemini" | "gemini_stream" => gemini::compare(case, differences),
        "models" => listing::compare(case, differences),
        other => Err(format!("nothing is known of an interface named {other}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where recordings may lie, seen from this crate; they stay out of the project.
    const FOLDER: &str = "../../../shared/recorded";

    #[test]
    fn every_recorded_answer_is_read_as_expected() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
        if !folder.is_dir() {
            println!("no recorded answers beside the project: nothing to check");
            return;
        }
        let report = read(&folder).unwrap();
        assert!(report.agrees(), "{}", report.table());
    }

    /// A folder with one case.
    fn folder(interface: &str, body: &[u8], meta: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(interface);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("case.json"), body).unwrap();
        std::fs::write(folder.join("case.meta.json"), meta).unwrap();
        root
    }

    fn expecting(text: &str) -> String {
        format!(
            r#"{{"expect":{{"outcome":"ok","text":"{text}","model_version":"gemini-2.5-flash","model_version_raw":"gemini-2.5-flash",
                "response_id":"q0dTaZ3wEIaLqtsPzZm4uQE","grounding":{{"search_performed":false,"grounded":false,"chunks":0,"web_chunks":0,
                "cited_chunks":0}},"tokens":{{"input":17,"output":8,"total":25}}}}}}"#
        )
    }

    #[test]
    fn a_disagreement_is_told_by_case_and_field() {
        let body = include_bytes!("../../fixtures/gemini/plain.json");
        let agreed = folder("gemini", body, &expecting("Oslo is the capital of Norway."));
        let report = read(agreed.path()).unwrap();
        assert!(report.agrees(), "{}", report.table());
        let report = read(folder("gemini", body, &expecting("Bergen")).path()).unwrap();
        assert!(!report.agrees());
        assert_eq!(
            report.table(),
            "gemini/case\n    text: read \"Oslo is the capital of Norway.\", expected \"Bergen\"\n1 answers, 0 agree, 1 disagree"
        );
    }

    #[test]
    fn a_folder_that_is_none_is_no_agreement() {
        let empty = tempfile::tempdir().unwrap();
        assert!(!read(empty.path()).unwrap().agrees());
        assert!(read(folder("telegrams", b"{}", "{}").path()).is_err());
        assert!(read(folder("gemini", b"{}", "no JSON").path()).is_err());
        assert!(read(&empty.path().join("absent")).is_err());
    }

    #[test]
    fn chunks_make_the_answer_that_they_are_parts_of() {
        let chunks = br#"[
            {"candidates":[{"content":{"parts":[{"text":"hm","thought":true}],"role":"model"},"groundingMetadata":{"webSearchQueries":["q"]}}],
             "usageMetadata":{"promptTokenCount":17},"modelVersion":"gemini-2.5-flash","responseId":"q0dTaZ3wEIaLqtsPzZm4uQE"},
            {"candidates":[{"content":{"parts":[{"text":"Os"}]},"groundingMetadata":{}}],"usageMetadata":{"candidatesTokenCount":2}},
            {"candidates":[{"content":{"parts":[{"text":"lo"}]},"finishReason":"STOP"}],
             "usageMetadata":{"candidatesTokenCount":8,"totalTokenCount":25}}]"#;
        let searched = expecting("Oslo").replace(r#""search_performed":false"#, r#""search_performed":true"#);
        let report = read(folder("gemini_stream", chunks, &searched).path()).unwrap();
        assert!(report.agrees(), "{}", report.table());
    }
}

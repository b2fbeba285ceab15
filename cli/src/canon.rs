//! `stet canon`: canonical bytes and their digests (canonical.md §7).

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use stet_canon::template::Template;
use stet_canon::{Code, Digest, Json, Refusal, output, text};

use crate::args::{Canon, CanonInput};
use crate::exit::Exit;

/// No document of these forms is larger; more is refused before it is read.
const INPUT_MAX_BYTES: u64 = 64 * 1024 * 1024;

type Form = fn(&[u8]) -> Result<Vec<u8>, Refusal>;

pub(crate) fn run(verb: &Canon) -> anyhow::Result<Exit> {
    let (form, input): (Form, &CanonInput) = match verb {
        Canon::Output(input) => (output::canonicalize, input),
        Canon::Text(input) => (|bytes| text::canonicalize(bytes).map(String::into_bytes), input),
        Canon::Template(input) => (template_form, input),
    };
    let standard_input = [PathBuf::from("-")];
    let files = if input.files.is_empty() { &standard_input } else { input.files.as_slice() };
    let mut exit = Exit::Done;
    let mut out = std::io::stdout().lock();
    for file in files {
        let bytes = read(file)?;
        match (form(&bytes), input.sha256) {
            (Ok(canonical), true) => writeln!(out, "{}  {}", Digest::of(&canonical), file.display())?,
            (Ok(canonical), false) => out.write_all(&canonical)?,
            (Err(refusal), true) => {
                writeln!(out, "refused {}  {}", refusal.code.as_str(), file.display())?;
                exit = Exit::Error;
            }
            (Err(refusal), false) => {
                eprintln!("{refusal}");
                exit = Exit::Error;
            }
        }
    }
    out.flush()?;
    Ok(exit)
}

/// The config alone, or the config of a whole template file: `{"name": …, "config": {…}}`. Nobody can fill in a key id here, so it must stand.
fn template_form(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let document = Json::parse(bytes)?;
    let first = |refusals: Vec<Refusal>| refusals.into_iter().next().expect("a refusal names an offence");
    let template = Template::from_json(config_of(&document)).map_err(first)?;
    match &template.als {
        Some(als) if als.seed_key_id.is_none() => {
            Err(Refusal::at_pointer(Code::MissingField, "the field is required here", "/als/seed_key_id"))
        }
        Some(_) | None => Ok(template.canonical_bytes()),
    }
}

/// What `config` holds in a template file.
pub(crate) fn config_of(document: &Json) -> &Json {
    document.get("config").unwrap_or(document)
}

/// The bytes of a file, or of standard input for `-`.
pub(crate) fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().take(INPUT_MAX_BYTES + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|opened| opened.take(INPUT_MAX_BYTES + 1).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("{} cannot be read", file.display()))?;
    anyhow::ensure!(
        bytes.len() as u64 <= INPUT_MAX_BYTES,
        "{} has more than {INPUT_MAX_BYTES} bytes",
        file.display()
    );
    Ok(bytes)
}

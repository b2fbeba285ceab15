//! A problem (RFC 9457) as a person reads it.

use std::fmt;

use reqwest::StatusCode;
use serde::Deserialize;

/// What a server refused, as far as its answer could be read.
#[derive(Debug, Deserialize)]
pub(crate) struct Problem {
    #[serde(default)]
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    instance: String,
    #[serde(default)]
    errors: Vec<Offence>,
}

#[derive(Debug, Deserialize)]
struct Offence {
    #[serde(default)]
    pointer: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    detail: String,
}

impl Problem {
    /// Reads a problem; what is none is shown as it is, shortened.
    pub(crate) fn read(status: StatusCode, bytes: &[u8]) -> Self {
        let mut problem = serde_json::from_slice(bytes).unwrap_or_else(|_not_a_problem| Self {
            status: 0,
            code: String::new(),
            title: status.to_string(),
            detail: String::from_utf8_lossy(bytes).chars().take(500).collect(),
            instance: String::new(),
            errors: Vec::new(),
        });
        problem.status = status.as_u16();
        problem
    }
}

impl std::error::Error for Problem {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.code.is_empty() { &self.title } else { &self.code };
        // The detail of a problem with offences repeats them.
        let detail = if self.errors.is_empty() { &self.detail } else { "the request is not acceptable" };
        write!(f, "{} {name}: {detail}", self.status)?;
        for offence in &self.errors {
            let place = if offence.pointer.is_empty() { "(the whole)" } else { &offence.pointer };
            write!(f, "\n  {place}: {}: {}", offence.code, offence.detail)?;
        }
        if !self.instance.is_empty() && self.status >= 500 {
            write!(f, "\n  request id {}", self.instance)?;
        }
        Ok(())
    }
}

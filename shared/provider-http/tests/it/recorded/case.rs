//! One recorded answer.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use stet_domain::Provider;

/// The answer, and what is told of it.
pub(super) struct Case {
    /// The interface, which is the sub-folder's name.
    pub(super) folder: String,
    /// Sub-folder and case.
    pub(super) name: String,
    /// The bytes as answered.
    pub(super) body: Vec<u8>,
    /// The reading expected of them.
    pub(super) expect: Value,
    /// The HTTP status, where it is known.
    pub(super) status: u16,
    /// The address asked, where it is known.
    url: Option<String>,
}

impl Case {
    fn load(path: &Path) -> Result<Self, Box<dyn Error>> {
        let meta: Value = serde_json::from_slice(&fs::read(path.with_extension("meta.json"))?)?;
        let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        let folder = part(path.parent().and_then(Path::file_name));
        let expect = meta["expect"].clone();
        let status = meta["response"]["status"].as_u64().or_else(|| expect["http_status"].as_u64());
        Ok(Self {
            name: format!("{folder}/{}", part(path.file_stem())),
            folder,
            body: fs::read(path)?,
            status: u16::try_from(status.unwrap_or(200))?,
            expect,
            url: meta["request"]["url"].as_str().map(str::to_owned),
        })
    }

    /// The expected text at `field`.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.expect[field].as_str()
    }

    /// Which of the two that speak generateContent answered: by the address, or by the case's name where none is known.
    pub(super) fn google(&self) -> Provider {
        let is_vertex = match &self.url {
            Some(url) => url.contains("aiplatform"),
            None => self.name.contains("-vertex-"),
        };
        if is_vertex { Provider::Vertex } else { Provider::Gemini }
    }

    /// Whether Google was asked.
    pub(super) fn is_google(&self) -> bool {
        self.url.as_ref().is_some_and(|url| url.contains("googleapis.com"))
    }
}

/// Every case under `root`, sorted: each `.json` that has a `.meta.json` beside it.
pub(super) fn all(root: &Path) -> Result<Vec<Case>, Box<dyn Error>> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in fs::read_dir(root)? {
        let folder = folder?.path();
        if folder.is_dir() {
            for file in fs::read_dir(folder)? {
                paths.push(file?.path());
            }
        }
    }
    paths.retain(|path| path.with_extension("meta.json").is_file());
    paths.sort();
    paths.iter().map(|path| Case::load(path)).collect()
}

//! The secrets of this installation: from settings, or made once and kept in the data folder.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::{Deserialize, Serialize};
use stet_domain::als::Keyring;
use stet_domain::clock::Ids;
use stet_domain::record::RecordKeys;
use stet_ops::Pepper;

use crate::settings::Settings;

/// What the server keeps secret.
pub(crate) struct Secrets {
    pub(crate) als: Keyring,
    pub(crate) record: RecordKeys,
    pub(crate) pepper: Pepper,
    pub(crate) cursor: SecretSlice<u8>,
}

/// The bytes that every secret has at least.
const SECRET_BYTES: usize = 32;
const FILE_MAX_BYTES: u64 = 65_536;

/// The file of generated secrets; a setting of the same name wins over it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Generated {
    als_secrets: String,
    record_secrets: String,
    api_key_pepper: String,
    cursor_secret: String,
}

impl Generated {
    fn new(ids: &dyn Ids) -> Self {
        let secret = || {
            let mut bytes = [0; SECRET_BYTES];
            ids.fill(&mut bytes);
            STANDARD.encode(bytes)
        };
        Self {
            als_secrets: format!("k1:{}", secret()),
            record_secrets: format!("r1:{}", secret()),
            api_key_pepper: secret(),
            cursor_secret: secret(),
        }
    }
}

/// The bytes of a base64 text, if they are enough for a secret.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok().filter(|bytes| bytes.len() >= SECRET_BYTES)
}

impl Secrets {
    /// Takes each secret from its setting, else from the data folder's file, which is made where it is needed and absent.
    /// For a database that is `in_use` nothing is made: its records need the secrets that they were made with.
    pub(crate) fn load(settings: &Settings, ids: &dyn Ids, in_use: bool) -> anyhow::Result<Self> {
        let set = [
            &settings.als_secrets,
            &settings.record_secrets,
            &settings.api_key_pepper,
            &settings.cursor_secret,
        ];
        let generated = if set.iter().all(|secret| secret.is_some()) {
            None
        } else {
            let missing = if in_use { unset(settings) } else { Vec::new() };
            Some(generated(&settings.data_dir, ids, &missing)?)
        };
        let pick = |setting: &Option<SecretString>, kept: fn(&Generated) -> &String| -> SecretString {
            setting
                .clone()
                .or_else(|| generated.as_ref().map(|file| SecretString::from(kept(file).as_str())))
                .unwrap_or_default()
        };
        let bytes = |name: &str, text: &SecretString| -> anyhow::Result<SecretSlice<u8>> {
            match decode(text.expose_secret()) {
                Some(bytes) => Ok(SecretSlice::from(bytes)),
                None => bail!("{name} cannot be used: allowed is base64 of at least {SECRET_BYTES} bytes"),
            }
        };
        Ok(Self {
            als: Keyring::parse(&pick(&settings.als_secrets, |file| &file.als_secrets))
                .context("ALS_SECRETS cannot be used")?,
            record: RecordKeys::parse(&pick(&settings.record_secrets, |file| &file.record_secrets))
                .context("RECORD_SECRETS cannot be used")?
                .retire(settings.record_keys_retired.iter().cloned())
                .map_err(|active| {
                    anyhow::anyhow!(
                        "RECORD_KEYS_RETIRED names {active}, which signs: list a new key last in RECORD_SECRETS first"
                    )
                })?,
            pepper: Pepper(bytes(
                "API_KEY_PEPPER",
                &pick(&settings.api_key_pepper, |file| &file.api_key_pepper),
            )?),
            cursor: bytes("CURSOR_SECRET", &pick(&settings.cursor_secret, |file| &file.cursor_secret))?,
        })
    }
}

/// The settings of secrets that records depend on and that are not set; a cursor's may change at any time.
fn unset(settings: &Settings) -> Vec<&'static str> {
    [
        ("ALS_SECRETS", &settings.als_secrets),
        ("RECORD_SECRETS", &settings.record_secrets),
        ("API_KEY_PEPPER", &settings.api_key_pepper),
    ]
    .into_iter()
    .filter_map(|(name, secret)| secret.is_none().then_some(name))
    .collect()
}

/// The generated file, made if it is not there and nothing in it is `missing`. Of two processes that start at once one makes it and the
/// other reads it.
fn generated(folder: &Path, ids: &dyn Ids, missing: &[&str]) -> anyhow::Result<Generated> {
    let path = folder.join("secrets.toml");
    if let Some(text) = read_private(&path)? {
        return toml::from_str(&text)
            .map_err(|error| anyhow::anyhow!("{} cannot be read: {}", path.display(), error.message()));
    }
    if !missing.is_empty() {
        bail!(
            "the secrets of this database are missing: restore {} or set {}",
            path.display(),
            missing.join(", ")
        );
    }
    let made = Generated::new(ids);
    if write_private(&path, &toml::to_string(&made)?)? {
        return Ok(made);
    }
    let text = read_private(&path)?.with_context(|| format!("{} vanished", path.display()))?;
    toml::from_str(&text)
        .map_err(|error| anyhow::anyhow!("{} cannot be read: {}", path.display(), error.message()))
}

/// Makes the data folder, open to its owner only.
pub(crate) fn make_folder(folder: &Path) -> anyhow::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("the data folder {} cannot be made", folder.display()))
}

/// The text of a file, or `None` where there is none.
pub(crate) fn read_private(path: &Path) -> anyhow::Result<Option<String>> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    let mut text = String::new();
    file.take(FILE_MAX_BYTES)
        .read_to_string(&mut text)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(Some(text))
}

/// Writes a new file with mode 0600, whole or not at all; `false` where it is there already.
pub(crate) fn write_private(path: &Path, text: &str) -> anyhow::Result<bool> {
    make_folder(path.parent().unwrap_or(Path::new(".")))?;
    let draft = draft_path(path);
    let written = || -> std::io::Result<bool> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // A hard link refuses to replace: the first of two writers wins, and nobody reads half a file.
        let linked = match std::fs::hard_link(&draft, path) {
            Ok(()) => true,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
            Err(error) => return Err(error),
        };
        std::fs::remove_file(&draft)?;
        Ok(linked)
    };
    written().with_context(|| format!("{} cannot be written", path.display()))
}

fn draft_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_writer_wins_and_the_file_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/secrets.toml");
        assert!(write_private(&path, "one").unwrap());
        assert!(!write_private(&path, "two").unwrap());
        assert_eq!(read_private(&path).unwrap().as_deref(), Some("one"));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

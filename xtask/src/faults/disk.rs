//! A small disk of its own, in memory, that can be filled and emptied.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use super::cannot_run::CannotRun;

/// What fills it.
const BALLAST: &str = "ballast";
/// Written at a time; the last bytes one by one.
const PIECES: [usize; 3] = [1 << 20, 4_096, 1];

/// Mounted for as long as this lives.
pub(super) struct Disk {
    folder: TempDir,
}

impl Disk {
    /// One of so many MiB.
    pub(super) fn mount(mib: u32) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let size = format!("size={mib}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output()?;
        if !mounted.status.success() {
            let said = String::from_utf8_lossy(&mounted.stderr);
            bail!(CannotRun(format!(
                "a disk of its own cannot be mounted without the right to: {}",
                said.trim()
            )));
        }
        // Whoever runs the server has to pass through it.
        std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        Ok(Self { folder })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the space that is left.
    pub(super) fn fill(&self) -> anyhow::Result<()> {
        let mut ballast = OpenOptions::new().create(true).append(true).open(self.ballast())?;
        for piece in PIECES {
            let bytes = vec![0; piece];
            loop {
                match ballast.write(&bytes) {
                    Ok(1..) => {}
                    Ok(0) => break,
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error).context("the disk cannot be filled"),
                }
            }
        }
        Ok(())
    }

    /// Gives the space back.
    pub(super) fn free(&self) -> anyhow::Result<()> {
        std::fs::remove_file(self.ballast()).context("the disk was not filled")
    }

    fn ballast(&self) -> PathBuf {
        self.path().join(BALLAST)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        match Command::new("umount").arg("--lazy").arg(self.path()).status() {
            Ok(ended) if ended.success() => {}
            told => eprintln!("{} stays mounted: {told:?}", self.path().display()),
        }
    }
}

//! The sealing of terminal runs, off the path of commits (system.md, "Immutability and integrity").

use std::sync::{Mutex, PoisonError};

use stet_domain::metric::Metric;
use stet_ops::{OpError, Ops, Unsealed};

/// Seals, round by round, what was recorded before the round before: by then every transaction that could still add to it has ended.
#[derive(Debug, Default)]
pub(crate) struct Sealer {
    before: Mutex<Option<Unsealed>>,
}

impl Sealer {
    pub(crate) async fn round(&self, ops: &Ops) -> Result<(), OpError> {
        let found = ops.unsealed().await?;
        #[expect(clippy::cast_precision_loss, reason = "an age in seconds is far below 2^52")]
        metrics::gauge!(Metric::UnsealedAgeSeconds.name()).set(found.age_seconds() as f64);
        let Some(before) = self.kept() else {
            self.keep(found);
            return Ok(());
        };
        if !found.horizon.has_settled(&before.horizon) {
            tracing::debug!("a transaction is open since the round before: nothing is sealed yet");
            return Ok(());
        }
        self.keep(found);
        let mut records = 0;
        for (org, _) in &before.orgs {
            loop {
                let sealed = ops.seal_segments(org, before.horizon.at).await?;
                metrics::counter!(Metric::RecordsSealed.name()).increment(sealed.records);
                records += sealed.records;
                if !sealed.more {
                    break;
                }
            }
        }
        if records > 0 {
            tracing::debug!(records, "terminal runs were sealed");
        }
        Ok(())
    }

    fn kept(&self) -> Option<Unsealed> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, found: Unsealed) {
        *self.before.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
    }
}

//! The record of a lock epoch.

use stet_canon::{Digest, Json, Members};

use super::{Record, Sealed};
use crate::clock::Timestamp;
use crate::ids::{BatchId, Fence, OrgId};
use crate::lock::{Listed, Lock};

/// Every stored column of a lock epoch but its seal, and what was exchanged to observe it.
#[derive(Debug, Clone, Copy)]
pub struct LockRecord<'a> {
    /// Its org.
    pub org: &'a OrgId,
    /// Its batch.
    pub batch: BatchId,
    /// Epoch and observation.
    pub lock: &'a Lock,
    /// The version that an operator accepted in the place of the template's.
    pub lock_version: Option<&'a str>,
    /// The service tier that served the probe.
    pub service_tier: Option<&'a str>,
    /// The fingerprint of the echoed settings.
    pub echo_sha256: Option<Digest>,
    /// The fingerprint of the echoed tools.
    pub tools_echo_sha256: Option<Digest>,
    /// What the provider's list says of the model; `None` in epochs that were sealed before it was asked.
    pub listed: Option<&'a Listed>,
    /// The digest of what the canary prompts brought.
    pub canary_sha256: Option<Digest>,
    /// When it was observed.
    pub observed_at: Timestamp,
    /// The claim of the preflight that observed it.
    pub preflight_fence: Fence,
    /// What was exchanged for it, as [`super::sealed_exchanges`] writes it.
    pub exchanges: &'a [u8],
}

impl LockRecord<'_> {
    /// The digest of the record: canonical JSON of all columns, the exchanges as their digest.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        let observed = &self.lock.observed;
        let members: Members = [
            ("kind", Json::from("lock_epoch")),
            ("org_id", self.org.as_str().into()),
            ("batch_id", self.batch.to_string().into()),
            ("epoch", self.lock.epoch.into()),
            ("model_version", observed.model_version.as_str().into()),
            ("model_fingerprint", observed.model_fingerprint.as_deref().into()),
            ("lock_version", self.lock_version.into()),
            ("service_tier", self.service_tier.into()),
            ("echo_sha256", self.echo_sha256.into()),
            ("observed_at", self.observed_at.to_string().into()),
            ("preflight_fence", self.preflight_fence.0.into()),
            ("exchanges_sha256", Digest::of(self.exchanges).into()),
        ]
        .into_iter()
        .chain(self.evidence())
        .collect();
        Json::from(members).digest()
    }

    /// Members only where there is something to tell: epochs that were sealed before it was recorded have none.
    fn evidence(&self) -> impl Iterator<Item = (&'static str, Json)> {
        let listed = self.listed.map(|listed| ("listed", listed.as_str().into()));
        let mark = self.listed.and_then(Listed::mark).map(|mark| ("listed_mark", mark.into()));
        let tools = self.tools_echo_sha256.map(|digest| ("tools_echo_sha256", digest.into()));
        let canary = self.canary_sha256.map(|digest| ("canary_sha256", digest.into()));
        [listed, mark, tools, canary].into_iter().flatten()
    }
}

impl Record for LockRecord<'_> {
    fn sealed(&self) -> Sealed<'_> {
        Sealed {
            org: self.org,
            id: format!("{}/{}", self.batch, self.lock.epoch),
            record_sha256: self.sha256(),
            created_at: self.observed_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::lock::Observation;

    /// An epoch that was sealed before list, tools and canary were recorded has the digest that it had.
    #[test]
    fn facts_that_are_not_there_are_no_members() {
        let org = "default".parse().unwrap();
        let observed = Observation { model_version: "m-1".into(), model_fingerprint: None };
        let lock = Lock { epoch: 1, observed };
        let record = LockRecord {
            org: &org,
            batch: BatchId(Ulid::nil()),
            lock: &lock,
            lock_version: None,
            service_tier: Some("default"),
            echo_sha256: None,
            tools_echo_sha256: None,
            listed: None,
            canary_sha256: None,
            observed_at: Timestamp(0),
            preflight_fence: Fence(1),
            exchanges: b"[]",
        };
        let before = format!(
            r#"{{"batch_id":"{}","echo_sha256":null,"epoch":1,"exchanges_sha256":"{}","kind":"lock_epoch","lock_version":null,"#,
            BatchId(Ulid::nil()),
            Digest::of(b"[]")
        ) + &format!(
            r#""model_fingerprint":null,"model_version":"m-1","observed_at":"{}","org_id":"default","preflight_fence":1,"service_tier":"default"}}"#,
            Timestamp(0)
        );
        assert_eq!(record.sha256(), Digest::of(before.as_bytes()));
        let marked = Listed::Marked("1".into());
        for changed in [
            LockRecord { listed: Some(&Listed::Unmarked), ..record },
            LockRecord { listed: Some(&marked), ..record },
            LockRecord { tools_echo_sha256: Some(Digest::of(b"")), ..record },
            LockRecord { canary_sha256: Some(Digest::of(b"")), ..record },
        ] {
            assert_ne!(changed.sha256(), record.sha256());
        }
    }
}

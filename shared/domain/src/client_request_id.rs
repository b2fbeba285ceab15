//! The id that every exchange carries as `X-Client-Request-Id` (providers.md, Requests 5).

use stet_canon::{Digest, Json, Members};

/// What tells exchanges apart: no row ids and no retry count, so that replicates differ and repeats do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientRequest {
    /// Of the batch; `None` for a single run.
    pub batch_sha256: Option<Digest>,
    /// The cell's number; 0 for a single run.
    pub batch_run_index: u32,
    /// From 0.
    pub replicate_index: u32,
    /// 1, or 2 for the reshaping step.
    pub step: u32,
    /// Whether this is the provoker's try.
    pub provoker_try: bool,
}

impl ClientRequest {
    /// The digest of the canonical JSON of these facts (canonical.md §2).
    #[must_use]
    pub fn id(&self) -> Digest {
        let members: Members = [
            ("batch_sha256", Json::from(self.batch_sha256)),
            ("batch_run_index", self.batch_run_index.into()),
            ("replicate_index", self.replicate_index.into()),
            ("step", self.step.into()),
            ("provoker_try", self.provoker_try.into()),
        ]
        .into_iter()
        .collect();
        Json::from(members).digest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_counts_and_nothing_else() {
        let one = ClientRequest {
            batch_sha256: None,
            batch_run_index: 0,
            replicate_index: 0,
            step: 1,
            provoker_try: false,
        };
        let json =
            r#"{"batch_run_index":0,"batch_sha256":null,"provoker_try":false,"replicate_index":0,"step":1}"#;
        assert_eq!(one.id(), Digest::of(json.as_bytes()));
        let others = [
            ClientRequest { batch_sha256: Some(Digest::of(b"")), ..one },
            ClientRequest { batch_run_index: 1, ..one },
            ClientRequest { replicate_index: 1, ..one },
            ClientRequest { step: 2, ..one },
            ClientRequest { provoker_try: true, ..one },
        ];
        let ids: std::collections::BTreeSet<_> = others.iter().chain([&one]).map(ClientRequest::id).collect();
        assert_eq!(ids.len(), 6);
    }
}

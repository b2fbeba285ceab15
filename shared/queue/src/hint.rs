//! A hint: ids of runs that are due, and the trace that made them so (reliability.md rule 1).

use serde::{Deserialize, Serialize};
use stet_domain::ids::{OrgId, RunId};
use stet_domain::trace::TraceParent;

/// The version of the payload that this build writes and reads.
const VERSION: u32 = 1;

/// A payload that is no hint, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

/// Runs that are due, as whoever rang saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// 1–500 of them.
    pub runs: Vec<(OrgId, RunId)>,
    /// The trace that they belong to (W3C Trace Context), where there is one.
    pub traceparent: Option<String>,
}

/// The payload as it is written. Members that a later build adds are passed over; another version is not read at all.
#[derive(Serialize, Deserialize)]
struct Payload {
    v: u32,
    run_ids: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
}

/// The version alone: that of a payload whose other members are of another form.
#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

impl Hint {
    /// The most runs that one hint names.
    pub const RUNS_MAX: usize = 500;

    /// The longest payload that is read: 500 pairs of the longest ids take a tenth of it.
    pub const BYTES_MAX: usize = 1 << 20;

    /// Runs that the scheduler and the API put into one hint: few, so that a small batch is spread over the fleet; who is idle takes the next.
    const RUNS: usize = 32;

    /// The payloads that hint at these runs, which one request made due where there is a trace.
    #[must_use]
    pub fn over(runs: &[(OrgId, RunId)], trace: Option<&TraceParent>) -> Vec<Vec<u8>> {
        let hint = |runs: &[_]| Self { runs: runs.to_vec(), traceparent: trace.map(ToString::to_string) };
        runs.chunks(Self::RUNS).map(|runs| hint(runs).encode()).collect()
    }

    /// The bytes that the queue carries.
    ///
    /// # Panics
    /// Never: text and numbers are always JSON.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let run_ids = self.runs.iter().map(|(org, run)| (org.to_string(), run.to_string())).collect();
        let payload = Payload { v: VERSION, run_ids, traceparent: self.traceparent.clone() };
        serde_json::to_vec(&payload).expect("text and numbers are always JSON")
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// [`Unreadable`] where it is no hint of this version.
    pub fn decode(payload: &[u8]) -> Result<Self, Unreadable> {
        if payload.len() > Self::BYTES_MAX {
            return Err(Unreadable(format!("{} bytes, at most {}", payload.len(), Self::BYTES_MAX)));
        }
        let Versioned { v } = serde_json::from_slice(payload)
            .map_err(|error| Unreadable(format!("no versioned JSON: {error}")))?;
        if v != VERSION {
            return Err(Unreadable(format!("version {v}, this build reads {VERSION}")));
        }
        let read: Payload = serde_json::from_slice(payload)
            .map_err(|error| Unreadable(format!("no hint of version {v}: {error}")))?;
        if read.run_ids.is_empty() || read.run_ids.len() > Self::RUNS_MAX {
            return Err(Unreadable(format!(
                "{} runs, 1 to {} are a hint",
                read.run_ids.len(),
                Self::RUNS_MAX
            )));
        }
        let runs = read.run_ids.iter().map(|(org, run)| {
            let org = org.parse().map_err(|error| Unreadable(format!("{error}")))?;
            let run = run.parse().map_err(|error| Unreadable(format!("{error}")))?;
            Ok((org, run))
        });
        Ok(Self { runs: runs.collect::<Result<_, Unreadable>>()?, traceparent: read.traceparent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(runs: u128) -> Hint {
        let org: OrgId = "acme".parse().unwrap();
        let runs = (0..runs).map(|id| (org.clone(), RunId::from_bytes(id.to_be_bytes()))).collect();
        Hint { runs, traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()) }
    }

    #[test]
    fn a_hint_comes_back_as_it_was_sent() {
        for runs in [1, 500] {
            assert_eq!(Hint::decode(&hint(runs).encode()), Ok(hint(runs)));
        }
        let traceless = Hint { traceparent: None, ..hint(1) };
        let written = String::from_utf8(traceless.encode()).unwrap();
        assert_eq!(written, r#"{"v":1,"run_ids":[["acme","run_00000000000000000000000000"]]}"#);
        assert_eq!(Hint::decode(written.as_bytes()), Ok(traceless));
    }

    #[test]
    fn hints_of_one_request_carry_its_trace() {
        let Hint { runs, traceparent } = hint(40);
        let trace = TraceParent::parse(traceparent.as_deref().unwrap());
        let hints: Vec<Hint> =
            Hint::over(&runs, trace.as_ref()).iter().map(|payload| Hint::decode(payload).unwrap()).collect();
        assert_eq!(hints.iter().map(|hint| hint.runs.len()).collect::<Vec<_>>(), [32, 8]);
        assert!(hints.iter().all(|hint| hint.traceparent == traceparent));
    }

    #[test]
    fn what_a_later_build_adds_is_passed_over() {
        let longer = br#"{"v":1,"run_ids":[["acme","run_00000000000000000000000000"]],"priority":7}"#;
        assert_eq!(Hint::decode(longer).unwrap().runs, hint(1).runs);
    }

    #[test]
    fn what_is_no_hint_is_named() {
        for (payload, says) in [
            (&b""[..], "no versioned JSON"),
            (b"\xff\xfe", "no versioned JSON"),
            (b"[1,2]", "no versioned JSON"),
            (br#"{"run_ids":[]}"#, "no versioned JSON"),
            (br#"{"v":2,"runs":[]}"#, "version 2, this build reads 1"),
            (br#"{"v":1}"#, "no hint of version 1"),
            (br#"{"v":1,"run_ids":[]}"#, "0 runs"),
            (br#"{"v":1,"run_ids":[["ACME","run_00000000000000000000000000"]]}"#, "is no org id"),
            (br#"{"v":1,"run_ids":[["acme","bat_00000000000000000000000000"]]}"#, "is no run id"),
        ] {
            let refused = Hint::decode(payload).unwrap_err().to_string();
            assert!(refused.contains(says), "{refused}");
        }
        assert!(Hint::decode(&hint(501).encode()).unwrap_err().to_string().contains("501 runs"));
        let long = vec![b' '; Hint::BYTES_MAX + 1];
        assert!(Hint::decode(&long).unwrap_err().to_string().contains("bytes, at most"));
    }
}

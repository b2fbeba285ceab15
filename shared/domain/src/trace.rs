//! A caller's trace as it goes on from a request into the calls of its cells (W3C Trace Context, `traceparent`).

use std::fmt;

use stet_canon::Digest;

/// A version 00 `traceparent`, its ids checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceParent(String);

impl TraceParent {
    /// The one that a header or a row spells; a malformed one is as none, as the standard has it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let [version, trace, parent, flags] = parts.as_slice() else { return None };
        let hex = |part: &str, digits: usize| {
            part.len() == digits && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let set = |part: &str| part.bytes().any(|byte| byte != b'0');
        let valid = *version == "00"
            && hex(trace, 32)
            && set(trace)
            && hex(parent, 16)
            && set(parent)
            && hex(flags, 2);
        valid.then(|| Self(text.to_owned()))
    }

    /// The spelling of the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 32 digits of the trace.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        &self.0[3..35]
    }

    /// The 16 digits of the caller's span.
    #[must_use]
    pub fn parent_id(&self) -> &str {
        &self.0[36..52]
    }

    /// The same trace with a span of its own for what is named by a digest: who knows the name finds the span, and nothing has to be drawn or kept.
    #[must_use]
    pub fn child(&self, of: Digest) -> Self {
        let span = of.to_string();
        // Sixteen zeros would be no span; one digest in 2^64 begins so.
        let span = Some(&span[..16])
            .filter(|span| span.bytes().any(|byte| byte != b'0'))
            .unwrap_or("0000000000000001");
        Self(format!("00-{}-{span}-{}", self.trace_id(), &self.0[53..]))
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn only_well_formed_traces_go_on() {
        let trace = TraceParent::parse(TEXT).unwrap();
        assert_eq!(trace.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(trace.parent_id(), "00f067aa0ba902b7");
        for refused in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceParent::parse(refused), None, "{refused}");
        }
    }

    #[test]
    fn a_child_is_of_the_same_trace_and_a_trace_itself() {
        let child = TraceParent::parse(TEXT).unwrap().child(Digest::of(b"a call"));
        assert_eq!(TraceParent::parse(child.as_str()), Some(child.clone()));
        assert_eq!(child.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(child.parent_id(), &Digest::of(b"a call").to_string()[..16]);
        assert!(child.as_str().ends_with("-01"));
        let empty = TraceParent::parse(TEXT).unwrap().child(Digest::from_bytes([0; 32]));
        assert!(TraceParent::parse(empty.as_str()).is_some());
    }
}

//! The caller's trace (W3C Trace Context, `traceparent`).

use http::HeaderMap;

/// A version 00 `traceparent`, its ids checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceParent(String);

impl TraceParent {
    /// The one that the request carries; a malformed one is as none, as the standard has it.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        headers.get("traceparent")?.to_str().ok().and_then(Self::parse)
    }

    fn parse(text: &str) -> Option<Self> {
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

    /// The 32 digits of the trace.
    pub(crate) fn trace_id(&self) -> &str {
        &self.0[3..35]
    }

    /// The 16 digits of the caller's span.
    pub(crate) fn parent_id(&self) -> &str {
        &self.0[36..52]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_traces_go_on() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let trace = TraceParent::parse(text).unwrap();
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
}

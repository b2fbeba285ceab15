//! The provider's side: what it is told to play, and what it received.

use std::collections::BTreeMap;

use anyhow::Context;
use serde_json::Value;

use super::api::Api;

/// The simulator's control endpoint.
#[derive(Debug, Clone)]
pub(super) struct Simulator {
    control: Api,
}

/// What it counted.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    /// Generation calls received.
    pub(super) received: u64,
    /// Those not answered yet.
    pub(super) in_flight: u64,
    /// Exchanges that came more than once, with how often each.
    pub(super) repeated: BTreeMap<String, u64>,
}

impl Counts {
    /// Calls beyond the first of each exchange.
    pub(super) fn extra(&self) -> u64 {
        self.repeated.values().map(|times| times - 1).sum()
    }
}

impl Simulator {
    pub(super) fn at(base: &str) -> Self {
        Self { control: Api::new(base, None) }
    }

    /// Plays another scenario from the next call on.
    pub(super) fn play(&self, scenario: &Value) -> anyhow::Result<()> {
        self.control.put("/_simulator/scenario", scenario)?.expect(204).map(drop)
    }

    pub(super) fn counts(&self) -> anyhow::Result<Counts> {
        let counts = self.control.get("/_simulator/counts")?.expect(200)?;
        let number = |name: &str| counts[name].as_u64().with_context(|| format!("no {name} in {counts}"));
        let repeated = counts["repeated"].as_object().context("no repeated exchanges in the counts")?;
        Ok(Counts {
            received: number("received")?,
            in_flight: number("in_flight")?,
            repeated: repeated.iter().filter_map(|(id, n)| Some((id.clone(), n.as_u64()?))).collect(),
        })
    }

    /// How often an exchange was received.
    pub(super) fn calls_of(&self, client_request_id: &str) -> anyhow::Result<usize> {
        let calls = self.control.get("/_simulator/calls?limit=100000")?.expect(200)?;
        let calls = calls.as_array().context("no list of calls")?;
        Ok(calls.iter().filter(|call| call["client_request_id"] == *client_request_id).count())
    }

    /// Every receipt, in order: when, in microseconds of its own clock, and what was decided.
    pub(super) fn receipts(&self) -> anyhow::Result<Vec<(u64, String)>> {
        let calls = self.control.get("/_simulator/calls?limit=100000")?.expect(200)?;
        let calls = calls.as_array().context("no list of calls")?;
        calls
            .iter()
            .map(|call| {
                let received = call["received_us"].as_u64().context("a receipt without a time")?;
                Ok((received, call["outcome"].as_str().unwrap_or_default().to_owned()))
            })
            .collect()
    }
}

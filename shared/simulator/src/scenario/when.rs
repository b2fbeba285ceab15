//! Which calls a rule is for.

use serde::{Deserialize, Serialize};

use crate::counters::CallNumber;
use crate::draw::Draw;
use crate::provider::Provider;

/// The endpoints that a rule can be for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Endpoint {
    /// Generation.
    #[default]
    #[serde(alias = "generation")]
    Responses,
    /// The list of models, and single models.
    Models,
    /// The token endpoint of Vertex.
    Token,
}

/// The conditions of a rule; all that are given must hold.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct When {
    pub(crate) endpoint: Endpoint,
    /// The interface that is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<Provider>,
    /// From this call on; calls of an endpoint, and where `provider` is given those of that provider alone, are
    /// numbered from 1 in the order of their receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) call_from: Option<u64>,
    /// Up to this call, itself included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) call_to: Option<u64>,
    /// Every k-th call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) every: Option<u64>,
    /// Once this many milliseconds have passed since the start or the last reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after_ms: Option<u64>,
    /// From this try on: how often the same client request id was received, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) try_from: Option<u32>,
    /// Up to this try, itself included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) try_to: Option<u32>,
    /// This share of the calls, drawn repeatably from the request and its try.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) share: Option<f64>,
    /// The requested model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
    /// `UNGROUNDED` (no search offered), `PREFERRED` (search offered) or `REQUIRED` (search demanded).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<String>,
    /// A stretch of any message or of the instructions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input_contains: Option<String>,
    /// The client request id, or its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_request_id: Option<String>,
}

/// A call as far as conditions look at it.
pub(crate) struct Moment<'a> {
    pub(crate) endpoint: Endpoint,
    pub(crate) provider: Provider,
    pub(crate) number: CallNumber,
    pub(crate) elapsed_ms: u64,
    pub(crate) attempt: u32,
    pub(crate) model: &'a str,
    pub(crate) mode: &'a str,
    pub(crate) client_request_id: &'a str,
    pub(crate) says: &'a (dyn Fn(&str) -> bool + Sync),
    pub(crate) draw: &'a Draw,
}

/// Keeps the draws of shares apart from all others.
const SHARE: u64 = 0x5148;

impl When {
    /// Whether the rule at `index` is for this call.
    pub(crate) fn matches(&self, index: usize, moment: &Moment<'_>) -> bool {
        let CallNumber { of_endpoint, of_provider } = moment.number;
        let call = if self.provider.is_some() { of_provider } else { of_endpoint };
        self.endpoint == moment.endpoint
            && self.provider.is_none_or(|provider| provider == moment.provider)
            && self.call_from.is_none_or(|from| call >= from)
            && self.call_to.is_none_or(|to| call <= to)
            && self.every.is_none_or(|every| call.is_multiple_of(every))
            && self.after_ms.is_none_or(|after| moment.elapsed_ms >= after)
            && self.try_from.is_none_or(|from| moment.attempt >= from)
            && self.try_to.is_none_or(|to| moment.attempt <= to)
            && self.model.as_deref().is_none_or(|model| model == moment.model)
            && self.mode.as_deref().is_none_or(|mode| mode == moment.mode)
            && self.client_request_id.as_deref().is_none_or(|id| moment.client_request_id.starts_with(id))
            && self.input_contains.as_deref().is_none_or(|stretch| (moment.says)(stretch))
            && self.share.is_none_or(|share| drawn(share, index, moment))
    }

    /// Whether the condition needs to know how often a client request id came.
    pub(crate) const fn counts_tries(&self) -> bool {
        self.try_from.is_some() || self.try_to.is_some() || self.share.is_some()
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if self.every == Some(0) {
            return Err("`every` is 0, and 1 is the least".to_owned());
        }
        if let Some(share) = self.share.filter(|share| !(0.0..=1.0).contains(share)) {
            return Err(format!("`share` is {share}, and must be from 0 to 1"));
        }
        if let (Some(from), Some(to)) = (self.call_from, self.call_to)
            && from > to
        {
            return Err(format!("`call_from` {from} is above `call_to` {to}"));
        }
        if let (Some(from), Some(to)) = (self.try_from, self.try_to)
            && from > to
        {
            return Err(format!("`try_from` {from} is above `try_to` {to}"));
        }
        match self.mode.as_deref() {
            None | Some("UNGROUNDED" | "PREFERRED" | "REQUIRED") => Ok(()),
            Some(other) => Err(format!("`mode` is {other:?}, and must be UNGROUNDED, PREFERRED or REQUIRED")),
        }
    }
}

fn drawn(share: f64, index: usize, moment: &Moment<'_>) -> bool {
    let purpose = SHARE + ((index as u64) << 32) + (u64::from(moment.attempt) << 16);
    let millionths = moment.draw.fork(purpose).between(0, 999_999);
    u32::try_from(millionths).is_ok_and(|drawn| f64::from(drawn) < share * 1_000_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(when: &When, call: u64, attempt: u32) -> bool {
        let draw = Draw::of_words(call, "x");
        let says = |stretch: &str| "a VAT question".contains(stretch);
        when.matches(
            0,
            &Moment {
                endpoint: Endpoint::Responses,
                provider: Provider::Gemini,
                number: CallNumber { of_endpoint: call, of_provider: call / 2 },
                elapsed_ms: call * 10,
                attempt,
                model: "m",
                mode: "REQUIRED",
                client_request_id: "abc",
                says: &says,
                draw: &draw,
            },
        )
    }

    #[test]
    fn all_conditions_must_hold() {
        assert!(matches(&When::default(), 1, 1));
        let when = When { call_from: Some(2), call_to: Some(8), every: Some(2), ..When::default() };
        let hit: Vec<u64> = (1..=10).filter(|call| matches(&when, *call, 1)).collect();
        assert_eq!(hit, [2, 4, 6, 8]);
        assert!(matches(&When { after_ms: Some(50), ..When::default() }, 5, 1));
        assert!(!matches(&When { after_ms: Some(50), ..When::default() }, 4, 1));
        assert!(!matches(&When { try_to: Some(1), ..When::default() }, 1, 2));
        assert!(!matches(&When { endpoint: Endpoint::Models, ..When::default() }, 1, 1));
        assert!(!matches(&When { provider: Some(Provider::Vertex), ..When::default() }, 1, 1));
        let gemini = When { provider: Some(Provider::Gemini), call_from: Some(2), ..When::default() };
        assert!(!matches(&gemini, 3, 1) && matches(&gemini, 4, 1));
        assert!(!matches(&When { model: Some("n".into()), ..When::default() }, 1, 1));
        assert!(!matches(&When { mode: Some("PREFERRED".into()), ..When::default() }, 1, 1));
        assert!(matches(&When { client_request_id: Some("ab".into()), ..When::default() }, 1, 1));
        assert!(matches(&When { input_contains: Some("VAT".into()), ..When::default() }, 1, 1));
        assert!(!matches(&When { input_contains: Some("vat".into()), ..When::default() }, 1, 1));
    }

    #[test]
    fn a_share_is_a_share_and_each_try_draws_anew() {
        let when = When { share: Some(0.25), ..When::default() };
        let hits = (0..2000).filter(|call| matches(&when, *call, 1)).count();
        assert!((420..580).contains(&hits), "{hits}");
        let both = (0..2000).filter(|call| matches(&when, *call, 1) && matches(&when, *call, 2)).count();
        assert!(both < 200, "{both}");
        assert!(!matches(&When { share: Some(0.0), ..When::default() }, 1, 1));
        assert!(matches(&When { share: Some(1.0), ..When::default() }, 1, 1));
    }
}

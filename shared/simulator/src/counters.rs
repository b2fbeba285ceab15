//! Numbers of calls: of an endpoint, and of one provider at that endpoint.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::provider::Provider;
use crate::scenario::Endpoint;

/// The numbers of one call, from 1, in the order of receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallNumber {
    /// Among all calls of the endpoint.
    pub(crate) of_endpoint: u64,
    /// Among those of its provider.
    pub(crate) of_provider: u64,
}

#[derive(Debug, Default)]
struct Counter {
    all: AtomicU64,
    by_provider: [AtomicU64; Provider::COUNT],
}

/// The counters of all endpoints.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    responses: Counter,
    models: Counter,
    tokens: Counter,
}

impl Counters {
    const fn of(&self, endpoint: Endpoint) -> &Counter {
        match endpoint {
            Endpoint::Responses => &self.responses,
            Endpoint::Models => &self.models,
            Endpoint::Token => &self.tokens,
        }
    }

    /// Numbers a call that was just received.
    pub(crate) fn receive(&self, endpoint: Endpoint, provider: Provider) -> CallNumber {
        let counter = self.of(endpoint);
        let next = |counter: &AtomicU64| counter.fetch_add(1, Ordering::Relaxed) + 1;
        CallNumber {
            of_endpoint: next(&counter.all),
            of_provider: next(&counter.by_provider[provider as usize]),
        }
    }

    /// Calls of the endpoint since the start or the last reset.
    pub(crate) fn received(&self, endpoint: Endpoint) -> u64 {
        self.of(endpoint).all.load(Ordering::Relaxed)
    }

    /// Numbers from 1 again.
    pub(crate) fn reset(&self) {
        for counter in [&self.responses, &self.models, &self.tokens] {
            counter.all.store(0, Ordering::Relaxed);
            counter.by_provider.iter().for_each(|count| count.store(0, Ordering::Relaxed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_is_counted_beside_the_endpoint() {
        let counters = Counters::default();
        counters.receive(Endpoint::Responses, Provider::Openai);
        let number = counters.receive(Endpoint::Responses, Provider::Gemini);
        assert_eq!(number, CallNumber { of_endpoint: 2, of_provider: 1 });
        assert_eq!(counters.received(Endpoint::Token), 0);
        counters.reset();
        let number = counters.receive(Endpoint::Responses, Provider::Gemini);
        assert_eq!(number, CallNumber { of_endpoint: 1, of_provider: 1 });
    }
}

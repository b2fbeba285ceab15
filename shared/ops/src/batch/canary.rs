//! Looks at the canary prompts of a batch, each beside the one that it is compared with.

use stet_domain::canary::{CanaryOutcomes, CanaryShare};
use stet_domain::clock::Timestamp;
use stet_store::CanaryLookRow;

/// One look, and what it is compared with: evidence of its own kind, never a verdict by itself (providers.md).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanaryReport {
    /// The lock epoch that the look opened or let go on.
    pub lock_epoch: i64,
    /// When.
    pub observed_at: Timestamp,
    /// What each prompt brought; `None` where what is stored is no such thing, which verification names.
    pub outcomes: Option<CanaryOutcomes>,
    /// What they are compared with; `None` of the first look.
    pub baseline: Option<CanaryBaseline>,
}

/// The look that another is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanaryBaseline {
    /// The epoch that it opened.
    pub lock_epoch: i64,
    /// What it brought.
    pub outcomes: CanaryOutcomes,
}

impl CanaryReport {
    /// The looks of a batch, oldest first. One that opened an epoch is compared with the look that opened the epoch before, one of a resume under the same
    /// lock with the look that opened its epoch.
    #[must_use]
    pub fn of(looks: &[CanaryLookRow]) -> Vec<Self> {
        looks.iter().enumerate().map(|(place, look)| Self::at(look, &looks[..place])).collect()
    }

    fn at(look: &CanaryLookRow, earlier: &[CanaryLookRow]) -> Self {
        let last = earlier.iter().map(|earlier| earlier.lock_epoch).max();
        let opening = earlier.iter().find(|earlier| Some(earlier.lock_epoch) == last);
        let baseline = opening.and_then(|opening| {
            let outcomes = CanaryOutcomes::parse(&opening.outcomes).ok()?;
            Some(CanaryBaseline { lock_epoch: opening.lock_epoch, outcomes })
        });
        Self {
            lock_epoch: look.lock_epoch,
            observed_at: look.observed_at,
            outcomes: CanaryOutcomes::parse(&look.outcomes).ok(),
            baseline,
        }
    }

    /// The share of outputs that changed; `None` where there is nothing to compare with.
    #[must_use]
    pub fn share(&self) -> Option<CanaryShare> {
        Some(self.outcomes.as_ref()?.share_since(&self.baseline.as_ref()?.outcomes))
    }
}

#[cfg(test)]
mod tests {
    use stet_domain::Digest;
    use stet_domain::canary::{CanaryAnswer, CanaryOutcome};
    use stet_domain::ids::Fence;

    use super::*;

    #[test]
    fn each_look_is_compared_with_the_one_that_opened_the_epoch_before_it() {
        let look = |fence: i64, lock_epoch: i64, text: &str| CanaryLookRow {
            preflight_fence: Fence(fence),
            lock_epoch,
            outcomes: CanaryOutcomes(vec![CanaryOutcome {
                request_sha256: Some(Digest::of(b"request")),
                answer: CanaryAnswer::Output(Digest::of(text.as_bytes())),
            }])
            .to_canonical_bytes(),
            observed_at: Timestamp(fence),
        };
        let looks = [
            look(1, 1, "a"),
            look(2, 1, "b"),
            look(3, 1, "a"),
            look(4, 2, "b"),
            look(5, 2, "b"),
            look(6, 3, "b"),
        ];
        let reports = CanaryReport::of(&looks);
        let seen: Vec<_> = reports
            .iter()
            .map(|report| {
                let baseline = report.baseline.as_ref().map(|baseline| baseline.lock_epoch);
                (report.lock_epoch, baseline, report.share().map(|share| (share.changed, share.total)))
            })
            .collect();
        assert_eq!(
            seen,
            [
                (1, None, None),
                (1, Some(1), Some((1, 1))),
                (1, Some(1), Some((0, 1))),
                (2, Some(1), Some((1, 1))),
                (2, Some(2), Some((0, 1))),
                (3, Some(2), Some((0, 1))),
            ]
        );
    }
}

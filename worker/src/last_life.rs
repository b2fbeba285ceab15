//! Runs whose next crash is their last: one at a time, and the orgs in turn.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use stet_domain::ids::OrgId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The one place that a process has for them, so that one that kills takes no other with it for good (docs/decisions/0019-queue.md).
#[derive(Debug)]
pub(crate) struct LastLife {
    place: Arc<Semaphore>,
    /// Whose run had it last.
    had_by: Mutex<Option<OrgId>>,
}

impl Default for LastLife {
    fn default() -> Self {
        Self { place: Arc::new(Semaphore::new(1)), had_by: Mutex::new(None) }
    }
}

impl LastLife {
    /// The place, where it is free.
    pub(crate) fn free(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.place).try_acquire_owned().ok()
    }

    /// The place was given to a run of this org.
    pub(crate) fn given_to(&self, org: &OrgId) {
        *self.had_by.lock().unwrap_or_else(PoisonError::into_inner) = Some(org.clone());
    }

    /// What the orgs have on offer, who had the place last at the end: one org with many such runs does not keep the others' from it.
    pub(crate) fn in_turn<T>(
        &self,
        mut by_org: BTreeMap<OrgId, T>,
    ) -> impl Iterator<Item = (OrgId, T)> + use<T> {
        let had_by = self.had_by.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut behind = had_by.as_ref().map(|org| by_org.split_off(org)).unwrap_or_default();
        let last = had_by.and_then(|org| behind.remove_entry(&org));
        behind.into_iter().chain(by_org).chain(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(last_life: &LastLife, orgs: &[&str]) -> Vec<String> {
        let by_org = orgs.iter().map(|org| (org.parse().unwrap(), ())).collect();
        last_life.in_turn(by_org).map(|(org, ())| org.to_string()).collect()
    }

    #[test]
    fn who_had_the_place_last_comes_last() {
        let last_life = LastLife::default();
        assert_eq!(turn(&last_life, &["a", "b", "c"]), ["a", "b", "c"]);
        for (had_by, orgs, expected) in [
            ("b", &["a", "b", "c"][..], &["c", "a", "b"][..]),
            ("c", &["a", "b", "c"], &["a", "b", "c"]),
            ("b", &["a", "c"], &["c", "a"]),
            ("b", &["b"], &["b"]),
        ] {
            last_life.given_to(&had_by.parse().unwrap());
            assert_eq!(turn(&last_life, orgs), expected);
        }
    }

    #[test]
    fn there_is_one_place() {
        let last_life = LastLife::default();
        let held = last_life.free().unwrap();
        assert!(last_life.free().is_none());
        drop(held);
        assert!(last_life.free().is_some());
    }
}

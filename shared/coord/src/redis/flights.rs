//! Leads: a mutex in Redis in front of the row.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use redis::Script;
use tokio::task::AbortHandle;

use super::link::RedisLink;
use crate::{CoordError, FlightFence, SingleFlight};

/// How long a mutex outlives a leader that renews it no more. What is left of the lead then is refused by the row.
const FRESH: Duration = Duration::from_secs(5);

static RENEW: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/renew.lua")));
static RELEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/release.lua")));

/// Each try has a token of its own, so that nobody releases another's mutex.
static TRIES: AtomicU64 = AtomicU64::new(0);

/// Who leads by the rows, and who need not ask them. The mutex is taken first (`SET NX PX`), kept fresh by a watchdog while the lead holds, and deleted by its holder
/// alone. Its token is no fence: that is the row's, and who got the mutex without the row gives it back (reliability.md rule 10).
pub struct RedisFlights {
    link: RedisLink,
    rows: Arc<dyn SingleFlight>,
    held: Held,
}

/// The mutexes of this process's leads, each with its watchdog.
#[derive(Clone, Default)]
struct Held(Arc<Mutex<HashMap<(String, FlightFence), Mutexed>>>);

struct Mutexed {
    token: String,
    watchdog: AbortHandle,
}

impl Held {
    fn lock(&self) -> MutexGuard<'_, HashMap<(String, FlightFence), Mutexed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RedisFlights {
    /// In front of these rows.
    #[must_use]
    pub fn new(link: RedisLink, rows: Arc<dyn SingleFlight>) -> Self {
        Self { link, rows, held: Held::default() }
    }

    /// Whether the mutex is ours now; `None` where Redis does not say.
    async fn take(&self, name: &str, token: &str, for_ms: u64) -> Option<bool> {
        let key = self.link.key("flight", name);
        let set: Option<Option<String>> = self
            .link
            .ask("take_flight", |mut connection| async move {
                let mut command = redis::cmd("SET");
                command.arg(key).arg(token).arg("NX").arg("PX").arg(for_ms);
                command.query_async(&mut connection).await
            })
            .await;
        set.map(|said| said.is_some())
    }

    async fn give_back(&self, name: &str, token: &str) {
        let mut release = RELEASE.key(self.link.key("flight", name));
        release.arg(token);
        let _deleted: Option<u64> = self
            .link
            .ask(
                "release_flight",
                |mut connection| async move { release.invoke_async(&mut connection).await },
            )
            .await;
    }

    /// Holds the mutex as long as the lead may last; nobody has to tell that it ended.
    fn hold(&self, name: &str, fence: FlightFence, token: String, ends_at: Instant) {
        let lead = (name.to_owned(), fence);
        let (held, ended) = (self.held.clone(), lead.clone());
        let watch = watch(self.link.clone(), self.link.key("flight", name), token.clone(), ends_at);
        // Nothing is held while the task could end: it finds its own entry.
        let mut leads = self.held.lock();
        let watchdog = tokio::spawn(async move {
            watch.await;
            held.lock().remove(&ended);
        });
        leads.insert(lead, Mutexed { token, watchdog: watchdog.abort_handle() });
    }
}

/// Renews a mutex until the lead must have ended, or somebody else holds it.
async fn watch(link: RedisLink, key: String, token: String, ends_at: Instant) {
    loop {
        let left = ends_at.saturating_duration_since(Instant::now());
        tokio::time::sleep(left.min(FRESH / 3)).await;
        let left = ends_at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        let mut renew = RENEW.key(&key);
        renew.arg(&token).arg(millis(left.min(FRESH)));
        let renewed: Option<u64> = link
            .ask("renew_flight", |mut connection| async move { renew.invoke_async(&mut connection).await })
            .await;
        if renewed == Some(0) {
            return;
        }
    }
}

/// Never 0, which Redis refuses.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1)
}

#[async_trait]
impl SingleFlight for RedisFlights {
    async fn try_lead(
        &self,
        name: &str,
        holder: &str,
        lease_ms: u64,
    ) -> Result<Option<FlightFence>, CoordError> {
        // Counted from before the row is asked: the mutex never outlives the lease.
        let lease = Duration::from_millis(lease_ms);
        let ends_at = Instant::now() + lease;
        // Redis holds one for a millisecond at the least: a lease that is over sooner has none.
        if lease < Duration::from_millis(1) {
            return self.rows.try_lead(name, holder, lease_ms).await;
        }
        let token = format!("{holder}/{}", TRIES.fetch_add(1, Ordering::Relaxed));
        match self.take(name, &token, millis(lease.min(FRESH))).await {
            Some(true) => {}
            Some(false) => {
                RedisLink::refused("flight", 1);
                return Ok(None);
            }
            None => return self.rows.try_lead(name, holder, lease_ms).await,
        }
        let lead = self.rows.try_lead(name, holder, lease_ms).await;
        match &lead {
            Ok(Some(fence)) => self.hold(name, *fence, token, ends_at),
            Ok(None) | Err(_) => self.give_back(name, &token).await,
        }
        lead
    }

    async fn release(&self, name: &str, fence: FlightFence) -> Result<(), CoordError> {
        let mutexed = self.held.lock().remove(&(name.to_owned(), fence));
        // The row first: who gets the mutex finds it free.
        let released = self.rows.release(name, fence).await;
        if let Some(mutexed) = mutexed {
            mutexed.watchdog.abort();
            self.give_back(name, &mutexed.token).await;
        }
        released
    }
}

//! The worker: looks at the rows, claims what is due, and keeps the cells going until it is told to stop.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use stet_coord::{EveryHint, RunFlights};
use stet_domain::Provider;
use stet_domain::bell::Heard;
use stet_domain::ids::{Incarnation, OrgId, RunId, TemplateId};
use stet_ops::rows::{ClaimedRun, OfferedPreflight, OfferedRun, ReleaseRow, Wanted};
use stet_ops::turns::Contender;
use stet_ops::{OpError, Ops};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admissions::{Admissions, Ticket};
use crate::cell::Cells;
use crate::doorbell::Doorbell;
use crate::hints::Hints;
use crate::last_life::LastLife;
use crate::leases::{self, Leases};
use crate::options::WorkerOptions;
use crate::preflight::{PROBE_TOKENS, Preflights};
use crate::providers::Providers;
use crate::recorder::{self, Ended, Room};
use crate::sight::{Seen, Sight};
use crate::tally::Tally;
use crate::templates::Templates;

/// Preflights under way at once: each is one small call.
const PREFLIGHTS_MAX: usize = 16;
/// The wait after a failed look at the rows.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// One process's executor of cells.
pub struct Worker {
    ops: Ops,
    doorbell: Doorbell,
    incarnation: Incarnation,
    options: WorkerOptions,
    cells: Cells,
    preflights: Preflights,
    templates: Templates,
    admissions: Admissions,
    leases: Leases,
    slots: Arc<Semaphore>,
    tally: Tally,
    last_life: LastLife,
    preflight_slots: Arc<Semaphore>,
    /// Ended when the grace period of a drain is over: cells hand their claims back.
    halt: CancellationToken,
    running: TaskTracker,
    /// Of a queue, where one hints at what is due.
    hints: Hints,
    flights: Arc<dyn RunFlights>,
}

impl Worker {
    /// A worker that is not running yet.
    #[must_use]
    pub fn new(
        ops: Ops,
        providers: Providers,
        doorbell: Doorbell,
        incarnation: Incarnation,
        options: WorkerOptions,
    ) -> Self {
        let templates = Templates::new(ops.clone());
        let slots = Arc::new(Semaphore::new(options.concurrency as usize));
        let admissions = Admissions::new(ops.clone(), incarnation.0.clone(), options.lease());
        Self {
            cells: Cells::new(ops.clone(), providers.clone(), templates.clone(), admissions.clone()),
            preflights: Preflights::new(ops.clone(), providers, templates.clone(), admissions.clone()),
            templates,
            admissions,
            ops,
            doorbell,
            incarnation,
            leases: Leases::new(options.trust_lease_for()),
            tally: Tally::of(Arc::clone(&slots), options.concurrency),
            slots,
            last_life: LastLife::default(),
            preflight_slots: Arc::new(Semaphore::new(PREFLIGHTS_MAX)),
            options,
            halt: CancellationToken::new(),
            running: TaskTracker::new(),
            hints: Hints::none(),
            flights: Arc::new(EveryHint),
        }
    }

    /// The same worker beside a queue: it claims what it hears of, and looks at the rows more seldom. Rings for work that is not in a hint go unheard for so
    /// long.
    #[must_use]
    pub fn hearing(self, hints: mpsc::Receiver<Heard>) -> Self {
        Self { hints: Hints::of(hints), ..self }
    }

    /// What it does, counted as it does it.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally.clone()
    }

    /// The same worker beside others that hear the same hints: what one of them was told of a moment ago is not looked at again.
    #[must_use]
    pub fn refusing_doubles(self, flights: Arc<dyn RunFlights>) -> Self {
        Self { flights, ..self }
    }

    /// Works until `stop`; then claims nothing more, lets what is in flight finish within the grace period (or until `hasten`), hands the rest back,
    /// and returns when everything is written (reliability.md rule 12).
    pub async fn run(mut self, stop: CancellationToken, hasten: CancellationToken) {
        let (ends, received) = mpsc::channel(WorkerOptions::COMMIT_MAX);
        let recorder = tokio::spawn(recorder::record(
            self.ops.clone(),
            received,
            self.doorbell.clone(),
            self.tally.clone(),
        ));
        let renewal_stop = CancellationToken::new();
        let renewal = tokio::spawn(leases::keep(
            self.ops.clone(),
            self.leases.clone(),
            self.options.clone(),
            renewal_stop.clone(),
        ));
        let telling = tokio::spawn(self.admissions.clone().keep(renewal_stop.clone()));

        let mut sight =
            Sight::new(std::mem::replace(&mut self.hints, Hints::none()), Arc::clone(&self.flights));
        self.work(&mut sight, &ends, &stop).await;
        // No more is fetched for this process from here on.
        drop(sight);
        drop(ends);
        self.running.close();
        let in_flight = self.running.len();
        if in_flight > 0 {
            tracing::info!(in_flight, grace_seconds = self.options.shutdown_grace.as_secs(), "draining");
        }
        tokio::select! {
            () = self.running.wait() => {}
            () = hasten.cancelled() => {}
            () = tokio::time::sleep(self.options.shutdown_grace) => {}
        }
        self.halt.cancel();
        self.running.wait().await;
        if let Err(error) = recorder.await {
            tracing::error!(%error, "the recorder ended badly; what it held is done again after its leases");
        }
        renewal_stop.cancel();
        if let Err(error) = renewal.await {
            tracing::error!(%error, "the renewal of leases ended badly");
        }
        if let Err(error) = telling.await {
            tracing::error!(%error, "the calls under way were not told to the end; they are forgotten after their lease");
        }
    }

    /// Claims and starts until `stop`, which never cuts a claim short: a claim that nobody works on would count as a crash of its run.
    async fn work(&self, sight: &mut Sight, ends: &mpsc::Sender<Ended>, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let wait = match self.look(sight, ends, stop).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::warn!(%error, "the rows could not be looked at, trying again");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                // Hints have their own ids; what else wakes the worker is about the rows.
                () = sight.hints.heard() => {}
                () = self.doorbell.rung() => sight.hints.look_at_rows(),
                () = tokio::time::sleep(wait) => sight.hints.look_at_rows(),
            }
        }
    }

    /// One look at the rows: starts what is due, and says how long nothing will be.
    async fn look(
        &self,
        sight: &mut Sight,
        ends: &mpsc::Sender<Ended>,
        stop: &CancellationToken,
    ) -> Result<Duration, OpError> {
        loop {
            let open = self.admissions.open().await;
            // In every turn: a batch's first probe needs none of the cells' slots, and must not wait until another org's cells run out.
            self.start_preflights(&open).await?;
            let slots = tokio::select! {
                () = stop.cancelled() => return Ok(Duration::ZERO),
                slots = self.free_slots() => slots,
                () = tokio::time::sleep(WorkerOptions::POLL) => continue,
            };
            let window = self.hearing_window(slots.len());
            let offered = match sight.look(&self.ops, open, slots.len(), window).await? {
                Seen::Offered(offered) => offered,
                Seen::Stale => continue,
                Seen::Nothing => break,
            };
            let wanted = offered.len().min(slots.len());
            let Some(contenders) = self.contenders(offered).await else { return Ok(AFTER_FAILURE) };
            let admitted = self.admit(sight.turns.order(contenders, slots.len())).await;
            if admitted.len() < wanted {
                sight.hints.look_at_rows();
            }
            if admitted.is_empty() {
                // Nobody is let through just now: the providers that said so are not asked for the next time, others may be.
                continue;
            }
            for (contender, _) in &admitted {
                sight.turns.serve(contender);
            }
            if self.claim(admitted, slots, ends).await? == 0 && !sight.hinted() {
                // Somebody else was faster, or a batch's own bound is reached: looking again at once would only spin.
                return Ok(WorkerOptions::POLL / 10);
            }
        }
        self.idle_for(sight).await
    }

    /// How long nothing is due that may be called for.
    async fn idle_for(&self, sight: &Sight) -> Result<Duration, OpError> {
        let opens_in = self.admissions.opens_in();
        if let Some(rows_in) = sight.hints.rows_due_in() {
            return Ok(opens_in.map_or(rows_in, |opens_in| opens_in.min(rows_in)));
        }
        let open = self.admissions.open().await;
        let next = self.ops.next_offer(&open).await?.unwrap_or(WorkerOptions::POLL);
        // What is due by now and was not a moment ago, or has no slot: looking again at once would only spin.
        let wait = if next.is_zero() { WorkerOptions::POLL / 10 } else { next.min(WorkerOptions::POLL) };
        Ok(self.admissions.opens_in().map_or(wait, |opens_in| opens_in.min(wait)))
    }

    /// What each run costs. Where a template cannot be read nothing is called: it costs nothing.
    /// `None` while the database is away: each template would wait for it anew.
    async fn contenders(&self, offered: Vec<OfferedRun>) -> Option<Vec<Contender>> {
        let mut sizes: HashMap<(OrgId, TemplateId), u64> = HashMap::new();
        let mut contenders = Vec::with_capacity(offered.len());
        for run in offered {
            let key = (run.org.clone(), run.template);
            let tokens = if let Some(tokens) = sizes.get(&key) {
                *tokens
            } else {
                let tokens = self.templates.size(&run.org, run.template).await?;
                sizes.insert(key, tokens);
                tokens
            };
            contenders.push(Contender { run, tokens });
        }
        Some(contenders)
    }

    /// Asks leave to call for runs in turn, once a provider; answers those that have it, in turn still.
    async fn admit(&self, contenders: Vec<Contender>) -> Vec<(Contender, Ticket)> {
        let mut wanted: BTreeMap<Provider, Vec<u64>> = BTreeMap::new();
        for Contender { run, tokens } in &contenders {
            let counted = if self.admissions.counts_tokens(run.provider) { *tokens } else { 0 };
            wanted.entry(run.provider).or_default().push(counted);
        }
        let mut tickets: BTreeMap<Provider, VecDeque<Ticket>> = BTreeMap::new();
        for (provider, tokens) in wanted {
            tickets.insert(provider, self.admissions.admit(provider, &tokens).await.into());
        }
        let with_leave = |contender: Contender| {
            let ticket = tickets.get_mut(&contender.run.provider).and_then(VecDeque::pop_front)?;
            Some((contender, ticket))
        };
        contenders.into_iter().filter_map(with_leave).collect()
    }

    /// Waits for a free slot, then a moment more for a part of them all, so that slots that are freed one after the other are filled by one claim.
    async fn free_slots(&self) -> Vec<OwnedSemaphorePermit> {
        let first = Arc::clone(&self.slots).acquire_owned().await.expect("the semaphore is never closed");
        let mut slots = vec![first];
        let more = self.options.claim_least() - 1;
        let gathered = Arc::clone(&self.slots).acquire_many_owned(more);
        if let Ok(gathered) = tokio::time::timeout(WorkerOptions::CLAIM_WINDOW, gathered).await {
            let mut gathered = gathered.expect("the semaphore is never closed");
            slots.extend(std::iter::from_fn(|| gathered.split(1)));
        }
        while slots.len() < WorkerOptions::CLAIM_MAX as usize {
            let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else { break };
            slots.push(slot);
        }
        slots
    }

    /// How long a hint waits for others before so many slots are filled: not at all where nothing is under way, for then each moment is one of idleness.
    fn hearing_window(&self, taken: usize) -> Duration {
        let free = self.slots.available_permits() + taken;
        if free < self.options.concurrency as usize { WorkerOptions::CLAIM_WINDOW } else { Duration::ZERO }
    }

    /// Claims runs, one transaction an org, and starts a task for each; answers how many.
    async fn claim(
        &self,
        admitted: Vec<(Contender, Ticket)>,
        mut slots: Vec<OwnedSemaphorePermit>,
        ends: &mpsc::Sender<Ended>,
    ) -> Result<usize, OpError> {
        let mut by_org: BTreeMap<OrgId, (Vec<RunId>, HashMap<RunId, Ticket>)> = BTreeMap::new();
        for (Contender { run, .. }, ticket) in admitted {
            let (ids, tickets) = by_org.entry(run.org).or_default();
            ids.push(run.id);
            tickets.insert(run.id, ticket);
        }
        let mut claimed = 0;
        let mut last_life = self.last_life.free();
        let last_from = self.ops.settings().last_life();
        let mut unused: Vec<Ticket> = Vec::new();
        let mut failures: Vec<OpError> = Vec::new();
        for (org, (ids, mut tickets)) in self.last_life.in_turn(by_org) {
            // One org's rows may be held by somebody who stands still; where a second fails it is the database.
            if failures.len() < 2 {
                // Taken before the claim is asked for: the lease is never trusted for longer than the database grants it.
                let claimed_at = Instant::now();
                let last_lives = u32::from(last_life.is_some());
                match self.ops.claim_runs(&org, &ids, &self.incarnation, last_lives).await {
                    Ok(runs) if claimed_at.elapsed() >= self.options.trust_lease_for() => {
                        self.hand_back(&org, &runs).await;
                    }
                    Ok(runs) => {
                        for run in runs {
                            let slot = slots.pop().expect("no more is asked for than there are slots");
                            let leave =
                                tickets.remove(&run.row.id).expect("no more is claimed than was asked for");
                            claimed += 1;
                            let is_last = run.row.crash_count >= last_from;
                            let last_life = if is_last { last_life.take() } else { None };
                            if is_last {
                                self.last_life.given_to(&org);
                            }
                            let room = Room { _slot: slot, _last_life: last_life };
                            self.start(run, leave, room, claimed_at, ends.clone());
                        }
                    }
                    Err(error) => failures.push(error),
                }
            }
            unused.extend(tickets.into_values());
        }
        for ticket in unused {
            ticket.give_back();
        }
        failures.pop().map_or(Ok(claimed), Err)
    }

    /// Hands claims back whose answer came so late that others may have the runs by now: this process or its database stood still meanwhile.
    async fn hand_back(&self, org: &OrgId, runs: &[ClaimedRun]) {
        let at = self.ops.clock().now();
        let releases: Vec<ReleaseRow> =
            runs.iter().map(|run| ReleaseRow { run: run.row.id, fence: run.row.fence, at }).collect();
        tracing::warn!(%org, runs = runs.len(), "a claim was answered too late to be worked on");
        if let Err(error) = self.ops.release_runs(org, &releases).await {
            tracing::warn!(%org, %error, "claims could not be handed back and wait for their leases");
        }
    }

    fn start(
        &self,
        run: ClaimedRun,
        leave: Ticket,
        room: Room,
        claimed_at: Instant,
        ends: mpsc::Sender<Ended>,
    ) {
        let held = self.leases.hold((run.row.org.clone(), run.row.id, run.row.fence), claimed_at);
        let (cells, halt) = (self.cells.clone(), self.halt.clone());
        let run = Arc::new(run);
        self.running.spawn(async move {
            let called = tokio::select! {
                biased;
                // Nothing may be written any more: the lease has passed on, or will, and the next claim does the work.
                () = held.lost() => return,
                // A panic in here ends the task; the claim then leaves the table with `held`, and the sweep counts a crash.
                called = cells.call(&run, claimed_at) => Some(called),
                () = halt.cancelled() => None,
            };
            if let Some(called) = &called {
                leave.settle(called.spent);
            }
            // The call is over, whatever is written of it: another may begin.
            drop(leave);
            // A result is made when there is a place for it: what ends at once waits as it came.
            let Ok(place) = ends.reserve().await else {
                tracing::error!("the recorder is gone; the run is done again after its lease");
                return;
            };
            let end = match called {
                Some(called) => cells.conclude(&run, called),
                None => Some(cells.released(&run)),
            };
            if let Some(end) = end {
                place.send(Ended { held, end, room });
            }
        });
    }

    async fn start_preflights(&self, open: &[Provider]) -> Result<(), OpError> {
        let free = self.preflight_slots.available_permits();
        if free == 0 {
            return Ok(());
        }
        let limit = u32::try_from(free).unwrap_or(1);
        let wanted = Wanted { providers: open.to_vec(), after: None, limit };
        for OfferedPreflight { org, batch, provider } in self.ops.offered_preflights(&wanted).await? {
            let Ok(slot) = Arc::clone(&self.preflight_slots).try_acquire_owned() else { break };
            let Some(leave) = self.admissions.admit(provider, &[PROBE_TOKENS]).await.pop() else { continue };
            let Some(claim) = self.ops.claim_preflight(&org, batch, &self.incarnation).await? else {
                leave.give_back();
                continue;
            };
            let (preflights, halt, doorbell) =
                (self.preflights.clone(), self.halt.clone(), self.doorbell.clone());
            let deadline = self.options.trust_lease_for();
            self.running.spawn(async move {
                tokio::select! {
                    biased;
                    () = preflights.execute(&org, &claim, &leave, deadline) => {}
                    () = halt.cancelled() => preflights.give_back(&org, &claim).await,
                    () = tokio::time::sleep(deadline) => preflights.time_out(&org, &claim, deadline).await,
                }
                drop(leave);
                doorbell.ring();
                drop(slot);
            });
        }
        Ok(())
    }
}

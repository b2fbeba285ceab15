//! A paused batch, taken up again.

use std::time::Duration;

use stet_domain::batch::{BatchStatus, ResumeLock, step};
use stet_domain::code::ErrorCode;
use stet_domain::ids::BatchId;
use stet_store::{BatchView, ResumeRequest, Tx};
use tokio::time::Instant;

use super::FIRST_WINDOW;
use super::decision::{Decision, held, reason, refused};
use crate::audit::Change;
use crate::{Actor, OpError, Operation, Ops};

/// How long an answer waits for what a worker finds; the resume goes on after it.
pub const RESUME_WAIT: Duration = Duration::from_secs(20);

/// The first pause between two looks; it doubles up to the last.
const POLL_MIN: Duration = Duration::from_millis(20);
const POLL_MAX: Duration = Duration::from_millis(500);

/// Characters of a model's version at most.
const VERSION_MAX_CHARS: usize = 256;

/// What an operator asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// Under which lock.
    pub lock: ResumeLock,
    /// For a new lock: the version that is accepted in the place of the template's.
    pub accept_version: Option<String>,
    /// Why.
    pub reason: String,
}

impl Ops {
    /// Has a worker look at the model once more, and takes the batch up again under the lock in force or under a new one (system.md, "A batch" 6). Waits
    /// [`RESUME_WAIT`] for it; an answer that still shows the wish means that the look is not done yet.
    ///
    /// # Errors
    /// [`OpError::ResumeRefused`] where the model is not what is asked for: the batch stays paused. [`OpError::BatchState`] where it cannot be resumed, or
    /// another resume is under way; [`OpError::Validation`]; [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn resume_batch(
        &self,
        actor: &Actor,
        id: BatchId,
        asked: &Resume,
    ) -> Result<Decision, OpError> {
        actor.may(Operation::ResumeBatch)?;
        let request = self.checked(actor, asked)?;
        let mut tx = self.store().begin(&actor.org).await?;
        let view = held(&mut *tx, id).await?;
        step(view.control.status, asked.lock.event()).map_err(|_illegal| refused(&view, "resumed"))?;
        if view.control.status != BatchStatus::Paused {
            return Ok(Decision { changed: false, batch: view });
        }
        let changed = self.ask(&mut *tx, actor, &view, &request).await?;
        let first = tx.waiting_cells(id, FIRST_WINDOW).await?;
        tx.commit().await?;
        self.parts.tasks.run_batch(&actor.org, id, &first, None).await;
        let batch = self.decided(actor, id).await?;
        Ok(Decision { changed, batch })
    }

    fn checked(&self, actor: &Actor, asked: &Resume) -> Result<ResumeRequest, OpError> {
        let field = |code, detail: &str| OpError::field(code, "/accept_version", detail.to_owned());
        match (&asked.accept_version, asked.lock) {
            (Some(_), ResumeLock::Same) => {
                return Err(field(ErrorCode::ValueNotAllowed, "a version is accepted for a new lock alone"));
            }
            (Some(version), ResumeLock::New)
                if version.is_empty()
                    || version.chars().count() > VERSION_MAX_CHARS
                    || version.contains('\0') =>
            {
                return Err(field(ErrorCode::ValueNotAllowed, "1 to 256 characters, none of them U+0000"));
            }
            (Some(_) | None, _) => {}
        }
        Ok(ResumeRequest {
            lock: asked.lock,
            accept_version: asked.accept_version.clone(),
            reason: reason(&asked.reason)?,
            by: actor.key_id.to_string(),
            at: self.parts.clock.now(),
        })
    }

    /// Writes the wish down; `false` where the same is asked for already.
    async fn ask(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        view: &BatchView,
        request: &ResumeRequest,
    ) -> Result<bool, OpError> {
        if let Some(standing) = &view.resume {
            let same = (standing.lock, &standing.accept_version) == (request.lock, &request.accept_version);
            return if same {
                Ok(false)
            } else {
                let detail = "another resume is under way".to_owned();
                Err(OpError::BatchState { status: view.control.status, detail })
            };
        }
        let asked = tx.request_resume(view.row.id, request).await?;
        self.audit(tx, actor, Operation::ResumeBatch, Change::resume(view, request)).await?;
        Ok(asked)
    }

    /// The batch once the wish is decided, or as it stands after [`RESUME_WAIT`]. No transaction is open between two looks.
    async fn decided(&self, actor: &Actor, id: BatchId) -> Result<BatchView, OpError> {
        let deadline = Instant::now() + RESUME_WAIT;
        let mut pause = POLL_MIN;
        loop {
            let view = {
                let mut tx = self.store().read(&actor.org).await?;
                tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?
            };
            let paused = view.control.status == BatchStatus::Paused;
            if paused && view.resume.is_none() {
                let reason = view.control.reason.unwrap_or_else(|| "the resume was taken back".to_owned());
                return Err(OpError::ResumeRefused { reason });
            }
            if !paused || Instant::now() >= deadline {
                return Ok(view);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(POLL_MAX);
        }
    }
}

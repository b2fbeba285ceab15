//! A batch, accepted.

use stet_domain::ids::TemplateId;
use stet_store::{BatchView, ResourceRef, Tx};

use super::BatchSubmission;
use crate::idempotency::{begin, earlier, record};
use crate::template::required_template;
use crate::{Actor, Done, How, IdempotentRequest, OpError, Operation, Ops};

impl Ops {
    /// Writes the batch and all its runs in one transaction, then rings (system.md, "A batch" 1).
    ///
    /// # Errors
    /// [`OpError::Validation`] with every offence; [`OpError::PlanMismatch`]; [`OpError::NotFound`]; [`OpError::IdempotencyMismatch`];
    /// [`OpError::IdempotencyInProgress`]; [`OpError::Store`]. Nothing was written then.
    pub async fn submit_batch(
        &self,
        actor: &Actor,
        template: TemplateId,
        submitted: &BatchSubmission,
        idempotency: Option<&IdempotentRequest>,
    ) -> Result<Done<BatchView>, OpError> {
        actor.may(Operation::SubmitBatch)?;
        let row = {
            let mut tx = self.store().read(&actor.org).await?;
            // A repeated request is answered before it is judged: limits may have changed since.
            if let Some(resource) = earlier(self, &mut *tx, idempotency).await? {
                return replayed(&mut *tx, resource).await;
            }
            required_template(&mut *tx, template).await?
        };
        let batch = self.batch_of(actor, &row, submitted)?;
        let (mut tx, resource) = begin(self, &actor.org, idempotency).await?;
        if let Some(resource) = resource {
            return replayed(&mut *tx, resource).await;
        }
        let written = self.write_batch(&mut *tx, actor, &batch, None).await?;
        record(self, &mut *tx, idempotency, ResourceRef::Batch(batch.row.id)).await?;
        tx.commit().await?;
        self.ring_for(&actor.org, &written).await;
        Ok(Done::new(written.view))
    }
}

async fn replayed(tx: &mut dyn Tx, resource: ResourceRef) -> Result<Done<BatchView>, OpError> {
    match resource {
        ResourceRef::Batch(id) => {
            let value = tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?;
            Ok(Done { value, how: How::Replayed })
        }
        ResourceRef::Template(_)
        | ResourceRef::Run(_)
        | ResourceRef::ApiKey(_)
        | ResourceRef::Schedule(_) => {
            Err(OpError::internal("replaying a batch", "the key's record names another kind of thing"))
        }
    }
}

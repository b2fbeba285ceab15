//! What a batch brought, by locale and mode.

use stet_domain::ids::BatchId;
use stet_store::{LockRow, MatrixRow};

use crate::{Actor, OpError, Operation, Ops};

/// The results of a batch so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The lock epochs, oldest first.
    pub locks: Vec<LockRow>,
    /// The current runs by locale, mode and lock epoch: nothing of two epochs is pooled.
    pub rows: Vec<MatrixRow>,
}

impl Ops {
    /// The current runs of a batch by locale, mode and lock epoch, of one snapshot: counts, distinct outputs, rates and how far citations agree.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn get_matrix(&self, actor: &Actor, id: BatchId) -> Result<Matrix, OpError> {
        actor.may(Operation::GetMatrix)?;
        let mut tx = self.store().read(&actor.org).await?;
        let view = tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?;
        let rows = tx.list_matrix(id).await?;
        Ok(Matrix { locks: view.locks, rows })
    }
}

//! A new API key.

use stet_domain::code::ErrorCode;
use stet_domain::role::Role;
use stet_store::{ResourceRef, Tx};

use super::{IssuedKey, MAX_LABEL_CHARS, insert_new_key};
use crate::audit::Change;
use crate::idempotency::{begin, record};
use crate::{Actor, Done, How, IdempotentRequest, OpError, Operation, Ops};

impl Ops {
    /// Makes a key of the actor's org; its token is answered this once, and not by a replay.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; [`OpError::Validation`] for a label that is empty or too long; [`OpError::IdempotencyMismatch`];
    /// [`OpError::IdempotencyInProgress`]; [`OpError::Store`].
    pub async fn create_api_key(
        &self,
        actor: &Actor,
        role: Role,
        label: &str,
        idempotency: Option<&IdempotentRequest>,
    ) -> Result<Done<IssuedKey>, OpError> {
        actor.may(Operation::CreateApiKey)?;
        let chars = label.chars().count();
        if label.trim().is_empty() {
            return Err(OpError::field(ErrorCode::Empty, "/label", "the label may not be empty"));
        }
        if chars > MAX_LABEL_CHARS {
            let detail = format!("the label has {chars} characters, at most {MAX_LABEL_CHARS}");
            return Err(OpError::field(ErrorCode::TooLong, "/label", detail));
        }
        if label.contains('\0') {
            let detail = format!("{label:?} has the character U+0000");
            return Err(OpError::field(ErrorCode::ValueNotAllowed, "/label", detail));
        }
        let (mut tx, resource) = begin(self, &actor.org, idempotency).await?;
        if let Some(resource) = resource {
            return replayed(&mut *tx, resource).await;
        }
        let made = insert_new_key(self, &mut *tx, &actor.org, role, label).await?;
        self.audit(&mut *tx, actor, Operation::CreateApiKey, Change::api_key(&made.key)).await?;
        record(self, &mut *tx, idempotency, ResourceRef::ApiKey(made.key.id.clone())).await?;
        tx.commit().await?;
        Ok(Done::new(IssuedKey { key: made.key, token: Some(made.token) }))
    }
}

async fn replayed(tx: &mut dyn Tx, resource: ResourceRef) -> Result<Done<IssuedKey>, OpError> {
    match resource {
        ResourceRef::ApiKey(id) => {
            let row = tx.list_api_keys().await?.into_iter().find(|row| row.id == id);
            let key = row.ok_or(OpError::not_found("API key"))?.into();
            Ok(Done { value: IssuedKey { key, token: None }, how: How::Replayed })
        }
        ResourceRef::Template(_) | ResourceRef::Batch(_) | ResourceRef::Run(_) | ResourceRef::Schedule(_) => {
            Err(OpError::internal("replaying an API key", "the key's record names another kind of thing"))
        }
    }
}

//! From a token to an actor.

use subtle::ConstantTimeEq as _;

use crate::{Actor, ApiToken, OpError, Ops};

impl Ops {
    /// Who holds the token. Its checksum is proved before any look-up, its keyed hash compared in constant time.
    ///
    /// # Errors
    /// [`OpError::Unauthenticated`], the same for every reason; [`OpError::Store`].
    pub async fn authenticate(&self, token: &str) -> Result<Actor, OpError> {
        let token: ApiToken = token.parse().map_err(|_misspelt| OpError::Unauthenticated)?;
        let row = self.store().find_api_key(token.id()).await?;
        let computed = token.keyed_hash(&self.parts.pepper);
        // An unknown id is compared too, so that its answer takes as long as that of a wrong secret.
        let stored = row.as_ref().map_or([0_u8; 32], |row| row.secret_hash);
        let equal = bool::from(stored.ct_eq(&computed));
        match row {
            Some(row) if equal && row.revoked_at.is_none() => {
                Ok(Actor { org: row.org, key_id: row.id, role: row.role })
            }
            Some(_) | None => Err(OpError::Unauthenticated),
        }
    }
}

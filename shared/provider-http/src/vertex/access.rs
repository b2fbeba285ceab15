//! Where a call's credential comes from.

use std::sync::Arc;

use stet_provider::Failure;

use super::token::{Token, Tokens};
use crate::credential::Credential;

/// A token that was given, or an account that fetches its own.
pub(super) enum Access {
    Given(Arc<Credential>),
    Account(Box<Tokens>),
}

impl Access {
    /// The credential for one call.
    pub(super) async fn token(&self) -> Result<Token, Failure> {
        match self {
            // Nothing newer can be had than what was given.
            Self::Given(credential) => Ok(Token { credential: Arc::clone(credential), is_new: true }),
            Self::Account(tokens) => tokens.token().await,
        }
    }

    /// Drops a refused token; whether another try will have a newer one.
    pub(super) fn refused(&self, token: &Token) -> bool {
        match self {
            Self::Account(tokens) if !token.is_new => {
                tokens.forget(&token.credential);
                true
            }
            Self::Account(_) | Self::Given(_) => false,
        }
    }
}

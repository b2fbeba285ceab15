//! What authorises an exchange, and how it stays out of everything that comes back.

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::transport::{Broken, Redaction, Sent, SetupError};

/// A secret in the header that carries it.
pub(crate) struct Credential {
    name: HeaderName,
    value: HeaderValue,
    redaction: Redaction,
}

impl Credential {
    /// A key that stands alone in a header of its own.
    pub(crate) fn key(name: HeaderName, key: SecretString) -> Result<Self, SetupError> {
        Self::new(name, &key.clone(), key)
    }

    /// A bearer token (RFC 6750, 2.1).
    pub(crate) fn bearer(token: SecretString) -> Result<Self, SetupError> {
        let words = SecretString::from(format!("Bearer {}", token.expose_secret()));
        Self::new(AUTHORIZATION, &words, token)
    }

    fn new(name: HeaderName, words: &SecretString, secret: SecretString) -> Result<Self, SetupError> {
        let mut value =
            HeaderValue::from_str(words.expose_secret()).map_err(|_unprintable| SetupError::Key)?;
        value.set_sensitive(true);
        Ok(Self { name, value, redaction: Redaction::new(secret) })
    }

    /// Adds the header.
    pub(crate) fn authorise(&self, headers: &mut HeaderMap) {
        headers.insert(self.name.clone(), self.value.clone());
    }

    /// Takes the secret out of what came back.
    pub(crate) fn redact(&self, mut sent: Sent) -> Sent {
        sent.body = self.redaction.apply(sent.body);
        if let Err(Broken { failure, .. }) = &mut sent.result {
            failure.detail = self.redaction.apply_to_words(std::mem::take(&mut failure.detail));
        }
        sent
    }
}

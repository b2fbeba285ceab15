//! A service account's key file.

use std::fmt;
use std::sync::Arc;

use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::{Signer, SigningKey};
use secrecy::{ExposeSecret, SecretString};
use stet_domain::Json;
use url::Url;

use crate::fields::text;

/// Bytes that a key file may have; real ones have about 2,400.
const FILE_MAX_BYTES: usize = 64 * 1024;

/// Why a key file cannot be used; nothing of its content is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// It is larger than any key file.
    #[error("the service account's key file has {0} bytes, at most {FILE_MAX_BYTES} are read")]
    TooLarge(usize),
    /// It is no JSON object.
    #[error("the service account's key file is no JSON object")]
    NoJson,
    /// It is of another kind of credentials.
    #[error("the credentials are no service account's key file: `type` has to be `service_account`")]
    OtherKind,
    /// A member is absent or no text.
    #[error("the service account's key file has no `{0}`")]
    Missing(&'static str),
    /// The key is no PEM of an RSA key in PKCS #8 or PKCS #1.
    #[error("the service account's `private_key` is no RSA key in PEM")]
    Key,
    /// The token endpoint's address cannot be one.
    #[error("the service account's `token_uri` is no http or https address")]
    TokenUri,
}

/// A service account: its name, its key, and where its tokens come from.
#[derive(Clone)]
pub struct ServiceAccount {
    pub(super) email: String,
    pub(super) key_id: Option<String>,
    pub(super) token_uri: Url,
    key: Arc<dyn SigningKey>,
}

impl ServiceAccount {
    /// Reads a key file as Google issues it.
    ///
    /// # Errors
    /// What is missing or cannot be used, without anything of the content.
    pub fn parse(file: &SecretString) -> Result<Self, AccountError> {
        let bytes = file.expose_secret().as_bytes();
        if bytes.len() > FILE_MAX_BYTES {
            return Err(AccountError::TooLarge(bytes.len()));
        }
        let json = Json::parse(bytes).map_err(|_repeats_content| AccountError::NoJson)?;
        if json.as_object().is_none() {
            return Err(AccountError::NoJson);
        }
        if text(&json, "type") != Some("service_account") {
            return Err(AccountError::OtherKind);
        }
        let member =
            |name| text(&json, name).filter(|text| !text.is_empty()).ok_or(AccountError::Missing(name));
        let email = member("client_email")?.to_owned();
        let der = PrivateKeyDer::from_pem_slice(member("private_key")?.as_bytes())
            .map_err(|_no_pem| AccountError::Key)?;
        let key = any_supported_type(&der).map_err(|_no_key| AccountError::Key)?;
        let token_uri = Url::parse(member("token_uri")?).map_err(|_no_url| AccountError::TokenUri)?;
        if !matches!(token_uri.scheme(), "http" | "https") {
            return Err(AccountError::TokenUri);
        }
        let account =
            Self { email, key_id: text(&json, "private_key_id").map(str::to_owned), token_uri, key };
        account.signer().map(|_signs| account.clone())
    }

    /// What signs by RS256 (RFC 7518, 3.3).
    pub(super) fn signer(&self) -> Result<Box<dyn Signer>, AccountError> {
        self.key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).ok_or(AccountError::Key)
    }

    /// The public half, as a `SubjectPublicKeyInfo`.
    #[cfg(test)]
    pub(super) fn public_key(&self) -> Vec<u8> {
        self.key.public_key().unwrap().to_vec()
    }
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceAccount").field("email", &self.email).finish_non_exhaustive()
    }
}

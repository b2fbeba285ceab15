//! TLS by rustls on ring, with the operating system's trust anchors; no process-wide default is installed.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use super::SetupError;

/// The configuration for `https`; a plain-text address needs no trust anchors, so that a machine without any can use one.
pub(super) fn config(encrypted: bool) -> Result<ClientConfig, SetupError> {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .map_err(SetupError::Tls)?;
    let builder = if encrypted {
        builder.with_platform_verifier().map_err(SetupError::Tls)?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}

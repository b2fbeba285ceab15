//! The signed word of a service account by which it asks for a token (RFC 7523, 2.1; RFC 7515, 3.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use stet_domain::Json;
use stet_domain::clock::Timestamp;

use super::account::{AccountError, ServiceAccount};

/// What the token is good for.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// How long the assertion holds, in seconds: the most that Google takes.
const HOLDS_SECONDS: i64 = 3_600;

/// Asks for a token at the account's endpoint, as of `now`.
pub(super) fn assertion(account: &ServiceAccount, now: Timestamp) -> Result<SecretString, AccountError> {
    let issued_at = now.0.div_euclid(1_000_000);
    let mut header = vec![("alg", Json::from("RS256")), ("typ", Json::from("JWT"))];
    header.extend(account.key_id.as_ref().map(|id| ("kid", Json::from(id))));
    let claims = [
        ("iss", Json::from(&account.email)),
        ("scope", Json::from(SCOPE)),
        ("aud", Json::from(account.token_uri.as_str())),
        ("iat", Json::from(issued_at)),
        ("exp", Json::from(issued_at.saturating_add(HOLDS_SECONDS))),
    ];
    let mut words = format!("{}.{}", encoded(header), encoded(claims));
    let signature = account.signer()?.sign(words.as_bytes()).map_err(|_unsigned| AccountError::Key)?;
    words.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut words);
    Ok(SecretString::from(words))
}

fn encoded<'a>(members: impl IntoIterator<Item = (&'a str, Json)>) -> String {
    URL_SAFE_NO_PAD.encode(Json::Object(members.into_iter().collect()).to_canonical_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::SignatureScheme;
    use secrecy::ExposeSecret;

    const FILE: &str = include_str!("../../tests/fixtures/vertex/service_account.json");

    /// Bytes before an RSA key of 2,048 bits in its `SubjectPublicKeyInfo` (RFC 5280, 4.1).
    const SPKI_HEAD_BYTES: usize = 24;

    fn account() -> ServiceAccount {
        ServiceAccount::parse(&SecretString::from(FILE)).unwrap()
    }

    fn part(words: &str) -> Json {
        Json::parse(&URL_SAFE_NO_PAD.decode(words).unwrap()).unwrap()
    }

    #[test]
    fn the_assertion_says_who_asks_where_and_until_when() {
        let signed = assertion(&account(), Timestamp(1_795_400_000_999_999)).unwrap();
        let parts: Vec<&str> = signed.expose_secret().split('.').collect();
        assert_eq!(
            String::from_utf8(part(parts[0]).to_canonical_bytes()).unwrap(),
            r#"{"alg":"RS256","kid":"0123456789abcdef0123456789abcdef01234567","typ":"JWT"}"#
        );
        assert_eq!(
            String::from_utf8(part(parts[1]).to_canonical_bytes()).unwrap(),
            r#"{"aud":"https://oauth2.googleapis.com/token","exp":1795403600,"iat":1795400000,"iss":"stet@example-project.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/cloud-platform"}"#
        );
    }

    #[test]
    fn the_signature_verifies_by_the_public_key() {
        let account = account();
        let signed = assertion(&account, Timestamp(0)).unwrap();
        let (message, signature) = signed.expose_secret().rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let spki = account.public_key();
        let provider = rustls::crypto::ring::default_provider();
        let (_, algorithms) = provider
            .signature_verification_algorithms
            .mapping
            .iter()
            .find(|(scheme, _)| *scheme == SignatureScheme::RSA_PKCS1_SHA256)
            .unwrap();
        let verified = |message: &str| {
            algorithms.iter().any(|it| {
                it.verify_signature(&spki[SPKI_HEAD_BYTES..], message.as_bytes(), &signature).is_ok()
            })
        };
        assert!(verified(message));
        assert!(!verified("another message"), "the control");
    }

    #[test]
    fn files_that_are_no_key_files_are_refused_without_their_content() {
        let parse = |file: &str| ServiceAccount::parse(&SecretString::from(file)).unwrap_err();
        assert_eq!(parse("{"), AccountError::NoJson);
        assert_eq!(parse("[]"), AccountError::NoJson);
        assert_eq!(parse(r#"{"type":"authorized_user"}"#), AccountError::OtherKind);
        assert_eq!(parse(r#"{"type":"service_account"}"#), AccountError::Missing("client_email"));
        assert_eq!(parse(&FILE.replace("PRIVATE KEY", "PUBLIC KEY")), AccountError::Key);
        assert_eq!(parse(&FILE.replace("https://oauth2", "ftp://oauth2")), AccountError::TokenUri);
        assert_eq!(parse(&" ".repeat(70_000)), AccountError::TooLarge(70_000));
        let shown = format!("{:?}", account());
        assert_eq!(shown, r#"ServiceAccount { email: "stet@example-project.iam.gserviceaccount.com", .. }"#);
    }
}

//! Access tokens of a service account: fetched once for all who wait, kept, and renewed before they end.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use stet_domain::clock::Clock;
use stet_domain::code::ErrorCode;
use stet_domain::retry::Reported;
use stet_domain::{Json, Provider};
use stet_provider::{Failure, FailureClass};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::form_urlencoded::Serializer;

use super::account::ServiceAccount;
use super::assertion::assertion;
use crate::credential::Credential;
use crate::failure::{bad_answer, classified, page};
use crate::fields::{integer, text};
use crate::retry_delay::retry_after_ms;
use crate::transport::{Broken, Redaction, Request, SetupError, Timeouts, Transport};

/// How a service account asks (RFC 7523, 2.1).
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// How long before its end a token is renewed.
const RENEW_BEFORE: Duration = Duration::from_mins(5);

/// How long after a fault the renewal of a token that still works is left alone: a silent endpoint slows down few calls.
const RENEW_AGAIN: Duration = Duration::from_secs(10);

/// How long the token endpoint may take: it answers in milliseconds or not at all.
const TOTAL: Duration = Duration::from_secs(30);

/// Longer lives are not believed.
const LIFE_MAX: Duration = Duration::from_hours(24);

/// A token in hand.
#[derive(Clone)]
struct Held {
    credential: Arc<Credential>,
    renew_at: Instant,
    ends_at: Instant,
}

/// A token to use, and whether it was fetched for this very use.
pub(super) struct Token {
    pub(super) credential: Arc<Credential>,
    pub(super) is_new: bool,
}

/// What the last try to fetch one met, and when.
struct Missed {
    at: Instant,
    failure: Failure,
}

/// The tokens of one account.
pub(super) struct Tokens {
    account: ServiceAccount,
    clock: Arc<dyn Clock>,
    transport: Transport,
    held: RwLock<Option<Held>>,
    fetching: Mutex<Option<Missed>>,
}

impl Tokens {
    pub(super) fn new(
        account: ServiceAccount,
        clock: Arc<dyn Clock>,
        timeouts: Timeouts,
    ) -> Result<Self, SetupError> {
        let timeouts =
            Timeouts { read: timeouts.read.min(TOTAL), total: timeouts.total.min(TOTAL), ..timeouts };
        Ok(Self {
            transport: Transport::new(&account.token_uri, timeouts)?,
            account,
            clock,
            held: RwLock::new(None),
            fetching: Mutex::new(None),
        })
    }

    /// The token in hand, or a new one where it ends soon.
    ///
    /// One caller fetches: those who hold a token that still works go on with it, the others wait and share what comes,
    /// a failure too, so that a silent endpoint is not asked by each of them in turn.
    pub(super) async fn token(&self) -> Result<Token, Failure> {
        let asked_at = Instant::now();
        let held = self.held();
        match &held {
            Some(held) if asked_at < held.renew_at => return Ok(Token::of(held)),
            Some(held) if asked_at < held.ends_at => {
                let Ok(mut fetching) = self.fetching.try_lock() else { return Ok(Token::of(held)) };
                if fetching.as_ref().is_some_and(|missed| asked_at < missed.at + RENEW_AGAIN) {
                    return Ok(Token::of(held));
                }
                // A token that still works outlasts a fault of the endpoint.
                return Ok(self
                    .renew(&mut fetching, asked_at)
                    .await
                    .unwrap_or_else(|_missed| Token::of(held)));
            }
            Some(_) | None => {}
        }
        let mut fetching = self.fetching.lock().await;
        self.renew(&mut fetching, asked_at).await
    }

    /// Drops a token that was refused before its end; another that came meanwhile stays.
    pub(super) fn forget(&self, refused: &Arc<Credential>) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|held| Arc::ptr_eq(&held.credential, refused)) {
            *held = None;
        }
    }

    fn held(&self) -> Option<Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn renew(&self, last: &mut Option<Missed>, asked_at: Instant) -> Result<Token, Failure> {
        if let Some(held) = self.held().filter(|held| Instant::now() < held.renew_at) {
            return Ok(Token::of(&held));
        }
        if let Some(missed) = last.as_ref().filter(|missed| missed.at >= asked_at) {
            return Err(missed.failure.clone());
        }
        match self.fetch().await {
            Ok(held) => {
                let credential = Arc::clone(&held.credential);
                *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
                Ok(Token { credential, is_new: true })
            }
            Err(failure) => {
                *last = Some(Missed { at: Instant::now(), failure: failure.clone() });
                Err(failure)
            }
        }
    }

    async fn fetch(&self) -> Result<Held, Failure> {
        let sent_at = Instant::now();
        let assertion = assertion(&self.account, self.clock.now()).map_err(|error| Failure {
            code: ErrorCode::ProviderAuth,
            class: FailureClass::Final,
            detail: error.to_string(),
            retry_after_ms: None,
        })?;
        let redaction = Redaction::new(assertion.clone());
        let form = Serializer::new(String::new())
            .append_pair("grant_type", GRANT)
            .append_pair("assertion", assertion.expose_secret())
            .finish();
        let headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("application/json")),
            (CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
        ]);
        let request = Request {
            method: Method::POST,
            url: self.account.token_uri.clone(),
            headers,
            body: Some(Bytes::from(form)),
        };
        let sent = self.transport.send(request).await;
        let body = redaction.apply(sent.body);
        let read = match sent.result {
            Ok(head) if head.status == 200 => granted(&body, sent_at),
            Ok(head) => Err(refused(head.status, &head.headers, &body)),
            Err(Broken { failure, .. }) => Err(failure),
        };
        read.map_err(|failure| Failure {
            detail: redaction.apply_to_words(format!("the token endpoint: {}", failure.detail)),
            ..failure
        })
    }
}

impl Token {
    fn of(held: &Held) -> Self {
        Self { credential: Arc::clone(&held.credential), is_new: false }
    }
}

/// Reads the endpoint's answer (RFC 6749, 5.1); a number of seconds in quotes is one, too.
fn granted(body: &[u8], sent_at: Instant) -> Result<Held, Failure> {
    let json = Json::parse(body).map_err(|_may_repeat_the_token| bad_answer("the answer is no JSON"))?;
    let token = text(&json, "access_token").filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| bad_answer("the answer has no `access_token`"))?;
    let seconds = integer(&json, "expires_in").or_else(|| text(&json, "expires_in")?.parse().ok());
    let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok()).filter(|seconds| *seconds > 0);
    let seconds = seconds.ok_or_else(|| bad_answer("the answer has no `expires_in`"))?;
    let life = Duration::from_secs(seconds).min(LIFE_MAX);
    let credential = Credential::bearer(SecretString::from(token))
        .map_err(|_no_header| bad_answer("the `access_token` fits no header"))?;
    Ok(Held {
        credential: Arc::new(credential),
        renew_at: sent_at + life - RENEW_BEFORE.min(life / 2),
        ends_at: sent_at + life,
    })
}

/// A refusal (RFC 6749, 5.2): whatever no wait mends means that the account is not accepted.
fn refused(status: u16, headers: &HeaderMap, body: &[u8]) -> Failure {
    let json = Json::parse(body).unwrap_or(Json::Null);
    let codes: Vec<&str> = text(&json, "error").into_iter().collect();
    let words = text(&json, "error_description").map_or_else(|| page(body), str::to_owned);
    let reported = Reported { provider: Provider::Vertex, status, codes: &codes, message: &words };
    let failure = classified(&reported, &words, retry_after_ms(headers, &words));
    let code = if failure.class == FailureClass::Final { ErrorCode::ProviderAuth } else { failure.code };
    Failure { code, ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_renewed_before_its_end() {
        let now = Instant::now();
        let seconds = |body: &str| {
            let held = granted(body.as_bytes(), now).unwrap_or_else(|failure| panic!("{failure}"));
            ((held.renew_at - now).as_secs(), (held.ends_at - now).as_secs())
        };
        assert_eq!(seconds(r#"{"access_token":"t","expires_in":3599}"#), (3_299, 3_599));
        assert_eq!(seconds(r#"{"access_token":"t","expires_in":"60"}"#), (30, 60));
        assert_eq!(seconds(r#"{"access_token":"t","expires_in":99999999}"#), (86_100, 86_400));
    }

    #[test]
    fn what_grants_nothing_repeats_nothing() {
        for body in [
            r"ya29.secret",
            r#"{"access_token":""}"#,
            r#"{"access_token":"ya29.secret"}"#,
            r#"{"access_token":"ya29.secret","expires_in":0}"#,
            r#"{"access_token":"ya29.secret\u0000","expires_in":10}"#,
        ] {
            let Err(failure) = granted(body.as_bytes(), Instant::now()) else { panic!("{body}") };
            assert_eq!(failure.code, ErrorCode::ProviderBadAnswer, "{body}");
            assert!(!failure.detail.contains("secret"), "{failure}");
        }
    }

    #[test]
    fn a_refused_account_is_final_and_a_fault_is_not() {
        let refused = |status, body: &str| {
            let failure = refused(status, &HeaderMap::new(), body.as_bytes());
            (failure.code, failure.class, failure.detail)
        };
        let invalid = r#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#;
        assert_eq!(
            refused(400, invalid),
            (
                ErrorCode::ProviderAuth,
                FailureClass::Final,
                "HTTP 400, invalid_grant: Invalid JWT Signature.".to_owned()
            )
        );
        assert_eq!(refused(404, "gone").0, ErrorCode::ProviderAuth);
        let (code, class, _) = refused(503, "");
        assert_eq!((code, class), (ErrorCode::ProviderServerError, FailureClass::Retryable));
        assert_eq!(refused(429, "").1, FailureClass::RateLimited);
    }
}

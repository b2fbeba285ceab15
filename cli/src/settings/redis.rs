//! Where the Redis of a fleet is.

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::database::shown;
use super::{DatabaseUrl, SettingsError};

/// `REDIS_URL` where `USE_REDIS` is true; it may hold a password, so that it is a secret.
#[derive(Debug, Clone)]
pub(crate) struct RedisUrl(pub(crate) SecretString);

impl RedisUrl {
    /// Reads values that their checks have accepted; `None` where no Redis is used.
    pub(super) fn read(
        used: bool,
        url: Option<String>,
        database: &DatabaseUrl,
    ) -> Result<Option<Self>, SettingsError> {
        let refused = |why: &str| Err(SettingsError(vec![why.to_owned()]));
        match (used, url, database) {
            (false, _, _) => Ok(None),
            (true, None, _) => refused("USE_REDIS is true and REDIS_URL is not set: set both, or neither"),
            (true, Some(_), DatabaseUrl::Sqlite { .. }) => refused(
                "DATABASE_URL is a SQLite file and USE_REDIS is true: a file serves one process, which shares nothing; use PostgreSQL (docs/postgres.md)",
            ),
            (true, Some(url), DatabaseUrl::Postgres(_)) => Ok(Some(Self(SecretString::from(url)))),
        }
    }

    /// The address without its password, for messages.
    pub(crate) fn shown(&self) -> String {
        shown(self.0.expose_secret())
    }
}

/// Whether the value is the address of a Redis server.
pub(super) fn is_redis(value: &str) -> bool {
    Url::parse(value).is_ok_and(|url| matches!(url.scheme(), "redis" | "rediss") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_host_and_shows_no_password() {
        assert!(is_redis("redis://127.0.0.1:6379/3") && is_redis("rediss://u:p@h"));
        assert!(!is_redis("redis:///") && !is_redis("http://h") && !is_redis("127.0.0.1:6379"));
        let url = RedisUrl(SecretString::from("rediss://stet:hunter2@redis.example:6380/0"));
        assert_eq!(url.shown(), "rediss://stet:********@redis.example:6380/0");
    }
}

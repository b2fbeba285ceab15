//! What a value may be.

use std::net::SocketAddr;

use secrecy::SecretString;
use stet_domain::als::{Keyring, is_key_id};

use super::database::{is_database, is_postgres, shown};
use super::redis::is_redis;

/// A test of a value and the words for what it demands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Check {
    /// Anything that is not empty.
    Text,
    /// One of a closed set.
    OneOf(&'static [&'static str]),
    /// A whole number within bounds, both included.
    Range(u64, u64),
    /// An address and port.
    Address,
    /// `sqlite://` and a path, or the address of a PostgreSQL server.
    Database,
    /// The address of a PostgreSQL server.
    Postgres,
    /// The address of a Redis server.
    Redis,
    /// An http or https address without a path.
    Url,
    /// Named secrets.
    Keyring,
    /// Base64 of at least 32 bytes.
    Base64,
    /// Ids of keys.
    Ids,
}

pub(crate) const fn text() -> Check {
    Check::Text
}
pub(crate) const fn one_of(names: &'static [&'static str]) -> Check {
    Check::OneOf(names)
}
pub(crate) const fn range(least: u64, most: u64) -> Check {
    Check::Range(least, most)
}
pub(crate) const fn address() -> Check {
    Check::Address
}
pub(crate) const fn database() -> Check {
    Check::Database
}
pub(crate) const fn postgres() -> Check {
    Check::Postgres
}
pub(crate) const fn redis() -> Check {
    Check::Redis
}
pub(crate) const fn url() -> Check {
    Check::Url
}
pub(crate) const fn keyring() -> Check {
    Check::Keyring
}
pub(crate) const fn base64() -> Check {
    Check::Base64
}
pub(crate) const fn ids() -> Check {
    Check::Ids
}

/// The ids of a list joined by commas.
pub(crate) fn split_ids(value: &str) -> impl Iterator<Item = String> {
    value.split(',').map(|id| id.trim().to_owned())
}

impl Check {
    /// The value as it may be shown: a password in an address is hidden.
    pub(crate) fn shown(self, value: &str) -> String {
        match self {
            Self::Database | Self::Postgres => shown(value),
            _ => value.to_owned(),
        }
    }

    /// Whether the value passes.
    pub(crate) fn accepts(self, value: &str) -> bool {
        match self {
            Self::Text => !value.is_empty(),
            Self::OneOf(names) => names.contains(&value),
            Self::Range(least, most) => {
                value.parse().is_ok_and(|number: u64| (least..=most).contains(&number))
            }
            Self::Address => value.parse::<SocketAddr>().is_ok(),
            Self::Database => is_database(value),
            Self::Postgres => is_postgres(value),
            Self::Redis => is_redis(value),
            Self::Url => reqwest::Url::parse(value)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()),
            Self::Keyring => Keyring::parse(&SecretString::from(value)).is_ok(),
            Self::Base64 => crate::secrets::decode(value).is_some(),
            Self::Ids => split_ids(value).all(|id| is_key_id(&id)),
        }
    }

    /// What is allowed, for messages and the reference.
    pub(crate) fn allowed(self) -> String {
        match self {
            Self::Text => "any text that is not empty".to_owned(),
            Self::OneOf(names) => names.join(" or "),
            Self::Range(least, most) => format!("a whole number from {least} to {most}"),
            Self::Address => "an address and port, such as 127.0.0.1:8080".to_owned(),
            Self::Database => {
                "sqlite:// and the path of a file, or postgres://USER:PASSWORD@HOST:PORT/DATABASE".to_owned()
            }
            Self::Postgres => "postgres://USER:PASSWORD@HOST:PORT/DATABASE".to_owned(),
            Self::Redis => "redis://USER:PASSWORD@HOST:PORT/DATABASE, or rediss:// for TLS".to_owned(),
            Self::Url => "an http or https address".to_owned(),
            Self::Keyring => "ID:BASE64 pairs joined by commas, each secret at least 32 bytes".to_owned(),
            Self::Base64 => "base64 of at least 32 bytes".to_owned(),
            Self::Ids => "ids of keys, joined by commas".to_owned(),
        }
    }
}

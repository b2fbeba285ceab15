//! Where the system of record is.

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

/// `DATABASE_URL`, read.
#[derive(Debug, Clone)]
pub(crate) enum DatabaseUrl {
    /// A file.
    Sqlite {
        /// Where it is.
        path: String,
    },
    /// A server.
    Postgres(PostgresUrl),
}

/// A PostgreSQL server; addresses hold passwords, so that they are secrets.
#[derive(Debug, Clone)]
pub(crate) struct PostgresUrl {
    /// The way that work takes: a pooler, or the server itself.
    pub(crate) url: SecretString,
    /// The way past the pooler, for migrations and the queue.
    pub(crate) direct: Option<SecretString>,
}

impl DatabaseUrl {
    /// Reads a value that its check has accepted.
    pub(super) fn read(url: &str, direct: Option<String>) -> Self {
        match url.strip_prefix("sqlite://") {
            Some(path) => Self::Sqlite { path: path.to_owned() },
            None => Self::Postgres(PostgresUrl {
                url: SecretString::from(url),
                direct: direct.map(SecretString::from),
            }),
        }
    }
}

impl PostgresUrl {
    /// The address of the server itself.
    pub(crate) fn straight(&self) -> &SecretString {
        self.direct.as_ref().unwrap_or(&self.url)
    }

    /// The address without its password, for messages.
    pub(crate) fn shown(&self) -> String {
        shown(self.url.expose_secret())
    }
}

/// Whether the value names a database that Stet can use.
pub(super) fn is_database(value: &str) -> bool {
    value.strip_prefix("sqlite://").is_some_and(|path| !path.is_empty()) || is_postgres(value)
}

/// Whether the value is the address of a PostgreSQL server.
pub(super) fn is_postgres(value: &str) -> bool {
    Url::parse(value).is_ok_and(|url| matches!(url.scheme(), "postgres" | "postgresql"))
}

/// The value with a password in it hidden, also one among its parameters.
pub(super) fn shown(value: &str) -> String {
    match Url::parse(value) {
        Ok(mut url) if url.password().is_some() || url.query().is_some() => {
            // Neither fails on an address that has a host.
            let hidden = url.password().is_none() || url.set_password(Some("********")).is_ok();
            url.set_query(None);
            if hidden { url.to_string() } else { "(hidden)".to_owned() }
        }
        Ok(_) => value.to_owned(),
        Err(_) => "(hidden)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hidden_wherever_it_stands() {
        for secret in [
            "postgres://stet:hunter2@db.example:5432/stet",
            "postgresql://stet:hunter2@db.example/stet?sslmode=require&password=hunter2",
            "postgres://stet@db.example/stet?password=hunter2",
            "postgres://stet:hunter2@[::1/stet",
        ] {
            let shown = shown(secret);
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        assert_eq!(shown("sqlite://stet-data/stet.db"), "sqlite://stet-data/stet.db");
    }

    #[test]
    fn files_and_servers_are_told_apart() {
        assert!(
            is_database("sqlite://stet.db")
                && is_database("postgres://h/d")
                && is_database("postgresql:///d")
        );
        assert!(!is_database("sqlite://") && !is_database("mysql://h/d") && !is_database("stet.db"));
        assert!(!is_postgres("sqlite://stet.db"));
    }
}

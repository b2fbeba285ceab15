//! Rows changed as somebody would who owns the machine: no trigger, policy, check or reference is asked.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _, SqliteConnection};

use crate::database::{Engine, TempDatabase};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers.
    Integer,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing, in a column of that kind.
    Null(ColumnKind),
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes, in hexadecimal.
    Hex(String),
}

impl Value {
    /// The least other value of the same kind: one bit of the first byte, or the next number.
    ///
    /// # Panics
    /// Where a text begins with a character whose neighbour is none, or bytes are no bytes.
    #[must_use]
    pub fn flipped(&self) -> Self {
        match self {
            Self::Null(ColumnKind::Integer) => Self::Integer(1),
            Self::Null(ColumnKind::Text) => Self::Text("x".to_owned()),
            Self::Null(ColumnKind::Bytes) => Self::Hex("01".to_owned()),
            Self::Integer(number) => Self::Integer(number + 1),
            Self::Text(text) => {
                let mut rest = text.chars();
                let first =
                    rest.next().map_or('x', |c| char::from_u32(u32::from(c) ^ 1).expect("a character"));
                Self::Text(format!("{first}{}", rest.as_str()))
            }
            Self::Hex(hex) => {
                let (first, rest) = hex.split_at(hex.len().min(2));
                let first =
                    if first.is_empty() { 0 } else { u8::from_str_radix(first, 16).expect("hexadecimal") };
                Self::Hex(format!("{:02x}{rest}", first ^ 1))
            }
        }
    }
}

/// Checks would refuse some of what is to be found; the database is a test's own.
const DROP_CHECKS: &str = "DO $$
    DECLARE c record;
    BEGIN
        FOR c IN SELECT conrelid::regclass AS relation, conname FROM pg_constraint
            WHERE contype = 'c' AND connamespace = 'public'::regnamespace
        LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.relation, c.conname);
        END LOOP;
    END $$";

impl TempDatabase {
    /// Runs a statement past everything; answers how many rows it changed.
    ///
    /// # Panics
    /// Where the engine cannot run it.
    pub async fn tamper(&self, statement: &str) -> u64 {
        let done = match self.engine() {
            Engine::File { path, .. } => {
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .foreign_keys(false)
                    .pragma("ignore_check_constraints", "ON");
                let mut connection = options.connect().await.expect("the file opens");
                let done = without_triggers(&mut connection, statement).await;
                connection.close().await.expect("a file closes");
                done
            }
            Engine::Server { database, .. } => past_the_server(database.superuser(), statement).await,
        };
        done.unwrap_or_else(|error| panic!("{statement}: {error}"))
    }

    /// The columns of a table, in their order.
    ///
    /// # Panics
    /// Where a column is of a kind that no table of ours has.
    pub async fn columns(&self, table: &str) -> Vec<(String, ColumnKind)> {
        let query = match self.engine() {
            Engine::File { .. } => {
                format!("SELECT name || ' ' || lower(type) FROM pragma_table_info('{table}') ORDER BY cid")
            }
            Engine::Server { .. } => format!(
                "SELECT column_name || ' ' || data_type FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
            ),
        };
        self.texts(&query).await.iter().map(|line| column(line)).collect()
    }

    /// The value of a column in the one row that `row` finds.
    ///
    /// # Panics
    /// Where there is no such row.
    pub async fn value(&self, table: &str, (column, kind): (&str, ColumnKind), row: &str) -> Value {
        let shown = match (kind, self.engine()) {
            (ColumnKind::Bytes, Engine::File { .. }) => format!("lower(hex({column}))"),
            (ColumnKind::Bytes, Engine::Server { .. }) => format!("encode({column}, 'hex')"),
            (ColumnKind::Integer | ColumnKind::Text, _) => format!("CAST({column} AS text)"),
        };
        let query = format!(
            "SELECT CASE WHEN {column} IS NULL THEN 'NULL' ELSE '=' || {shown} END FROM {table} WHERE {row}"
        );
        let found = self.texts(&query).await;
        let [value] = found.as_slice() else { panic!("{query}: {} rows", found.len()) };
        match (value.strip_prefix('='), kind) {
            (None, _) => Value::Null(kind),
            (Some(value), ColumnKind::Integer) => Value::Integer(value.parse().expect("a whole number")),
            (Some(value), ColumnKind::Text) => Value::Text(value.to_owned()),
            (Some(value), ColumnKind::Bytes) => Value::Hex(value.to_owned()),
        }
    }

    /// A value in the engine's dialect.
    #[must_use]
    pub fn sql_of(&self, value: &Value) -> String {
        match value {
            Value::Null(_) => "NULL".to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Value::Hex(hex) => self.bytes(hex),
        }
    }

    /// Bytes in the engine's dialect, given in hexadecimal.
    #[must_use]
    pub fn bytes(&self, hex: &str) -> String {
        match self.engine() {
            Engine::File { .. } => format!("x'{hex}'"),
            Engine::Server { .. } => format!("'\\x{hex}'::bytea"),
        }
    }

    async fn texts(&self, query: &str) -> Vec<String> {
        let text = AssertSqlSafe(query.to_owned());
        let found = match self.engine() {
            Engine::File { store, .. } => sqlx::query_scalar(text).fetch_all(store.reader_pool()).await,
            Engine::Server { database, .. } => sqlx::query_scalar(text).fetch_all(database.superuser()).await,
        };
        found.unwrap_or_else(|error| panic!("{query}: {error}"))
    }
}

fn column(line: &str) -> (String, ColumnKind) {
    let (name, kind) = line.split_once(' ').expect("a name and a type");
    let kind = match kind {
        "integer" | "bigint" => ColumnKind::Integer,
        "text" => ColumnKind::Text,
        "blob" | "bytea" => ColumnKind::Bytes,
        other => panic!("{name} is of type {other}"),
    };
    (name.to_owned(), kind)
}

/// SQLite cannot leave triggers out: they are taken away and put back.
async fn without_triggers(connection: &mut SqliteConnection, statement: &str) -> Result<u64, sqlx::Error> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let triggers =
        sqlx::query("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetch_all(&mut *tx).await?;
    let triggers: Vec<(String, String)> =
        triggers.iter().map(|row| (row.get("name"), row.get("sql"))).collect();
    for (name, _) in &triggers {
        sqlx::query(AssertSqlSafe(format!("DROP TRIGGER {name}"))).execute(&mut *tx).await?;
    }
    let done = sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut *tx).await?.rows_affected();
    for (_, sql) in triggers {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(done)
}

async fn past_the_server(superuser: &sqlx::PgPool, statement: &str) -> Result<u64, sqlx::Error> {
    let mut tx = superuser.begin().await?;
    sqlx::query(DROP_CHECKS).execute(&mut *tx).await?;
    // Neither triggers nor references, which are triggers too.
    sqlx::query("SET LOCAL session_replication_role = replica").execute(&mut *tx).await?;
    let done = sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut *tx).await?.rows_affected();
    tx.commit().await?;
    Ok(done)
}

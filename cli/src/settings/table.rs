//! The table of settings: name, default, what is allowed, what it does.

use super::value::{self, Check};

/// One setting.
pub(crate) struct Setting {
    /// The environment variable; a file spells it in lower case.
    pub(crate) name: &'static str,
    /// What holds where nothing is set; `None` for no value.
    pub(crate) default: Option<&'static str>,
    /// What a value must be, and the words for it.
    pub(crate) check: Check,
    /// Whether its value is never shown.
    pub(crate) secret: bool,
    /// What it does, in one sentence, for docs/settings.md.
    #[cfg_attr(not(test), expect(dead_code, reason = "read where the reference is printed"))]
    pub(crate) doc: &'static str,
}

const fn open(name: &'static str, default: &'static str, check: Check, doc: &'static str) -> Setting {
    Setting { name, default: Some(default), check, secret: false, doc }
}

const fn optional(name: &'static str, check: Check, doc: &'static str) -> Setting {
    Setting { name, default: None, check, secret: false, doc }
}

const fn secret(name: &'static str, check: Check, doc: &'static str) -> Setting {
    Setting { name, default: None, check, secret: true, doc }
}

/// Every setting that Stet knows.
pub(crate) const TABLE: &[Setting] = &[
    open(
        "EXECUTION_MODE",
        "sync",
        value::one_of(&["sync", "apalis"]),
        "Who executes cells: `sync`, the serving process itself; `apalis`, the processes of `stet worker`, which a queue in PostgreSQL or Redis hints at work, beside those of `stet scheduler` (docs/postgres.md).",
    ),
    open(
        "USE_REDIS",
        "false",
        value::one_of(&["true", "false"]),
        "Whether a Redis carries the queue and stands in front of single-flight, provider limits and caches; the rows decide all the same (docs/postgres.md).",
    ),
    secret("REDIS_URL", value::redis(), "The address of the Redis of USE_REDIS; `rediss://` speaks TLS."),
    open(
        "DATABASE_URL",
        "sqlite://stet-data/stet.db",
        value::database(),
        "The system of record: `sqlite://` and the path of a file, which is made if it is not there, or the address of a PostgreSQL server or its pooler (docs/postgres.md).",
    ),
    optional(
        "DATABASE_DIRECT_URL",
        value::postgres(),
        "The address past the pooler, for `stet migrate` and for the queue of EXECUTION_MODE=apalis; where it is not set, DATABASE_URL leads to the server itself.",
    ),
    open(
        "DATABASE_MAX_CONNECTIONS",
        "20",
        value::range(1, 1_000),
        "Connections of one process to PostgreSQL, besides two for renewals.",
    ),
    open(
        "ALLOW_RLS_BYPASS",
        "false",
        value::one_of(&["true", "false"]),
        "Whether a database role that passes row level security by may serve: a superuser, an owner of the tables.",
    ),
    open(
        "STET_ENV",
        "development",
        value::one_of(&["development", "production"]),
        "Where this runs; `production` refuses SQLite.",
    ),
    open(
        "STET_DATA_DIR",
        "stet-data",
        value::text(),
        "The folder for generated secrets and the first API key, mode 0600.",
    ),
    open(
        "STET_LISTEN",
        "127.0.0.1:8080",
        value::address(),
        "Where the API listens; port 0 takes a free one.",
    ),
    optional(
        "STET_HEALTH_LISTEN",
        value::address(),
        "Where `stet worker` and `stet scheduler` answer `/livez`, `/readyz` and `/metrics`; where it is not set, they listen nowhere.",
    ),
    optional(
        "STET_LOG",
        value::text(),
        "Which log lines are written, as tracing's filter directives; where it is not set, `info` for servers and `warn` for other verbs.",
    ),
    open("STET_LOG_FORMAT", "text", value::one_of(&["text", "json"]), "How log lines look."),
    open("BATCH_MAX_CELLS", "100000", value::range(1, 1_000_000), "Cells in one batch."),
    open("BATCH_MAX_REPLICATES", "1000", value::range(1, 100_000), "Replicates of one locale and mode."),
    open("TEMPLATE_MAX_BYTES", "262144", value::range(1_024, 262_144), "Bytes of a template."),
    open(
        "ALS_MAX_CHARS",
        "350",
        value::range(1, 350),
        "Code points of an ALS block; it may be lowered, never raised.",
    ),
    open(
        "ORG_MAX_SCHEDULES",
        "100",
        value::range(1, 10_000),
        "Schedules of an org that have not ended: each submits a batch at each of its due times.",
    ),
    open(
        "RETRY_MAX_ATTEMPTS",
        "5",
        value::range(1, 100),
        "Attempts at a run that end in a retryable error before it fails.",
    ),
    open("WORKER_CONCURRENCY", "256", value::range(1, 10_000), "Cells in flight at once."),
    open("LEASE_SECONDS", "60", value::range(2, 3_600), "How long a claim holds without renewal."),
    open(
        "SHUTDOWN_GRACE_SECONDS",
        "240",
        value::range(0, 3_600),
        "How long calls in flight may take after a signal to stop.",
    ),
    open(
        "AUDIT_EVERY_SECONDS",
        "3600",
        value::range(10, 604_800),
        "How often the scheduler holds the rows against the invariants, as `stet audit --skip-seals` does.",
    ),
    open(
        "PROVIDER_VERSION_CACHE_TTL_SECONDS",
        "300",
        value::range(1, 86_400),
        "How long a provider's list of models is taken from the cache.",
    ),
    open("PROVIDER_TIMEOUT_SECONDS", "120", value::range(1, 3_600), "How long one provider call may take."),
    optional(
        "PROVIDER_OPENAI_RPM",
        value::range(1, 10_000_000),
        "Calls to OpenAI a minute, over all processes on the database; where it is not set, none is counted.",
    ),
    optional(
        "PROVIDER_OPENAI_TPM",
        value::range(1, 10_000_000_000),
        "Tokens of OpenAI a minute, read and written, over all processes on the database: an estimate is reserved and settled by what was used.",
    ),
    optional(
        "PROVIDER_OPENAI_MAX_CONCURRENCY",
        value::range(1, 1_000_000),
        "Calls to OpenAI under way at once, over all processes on the database.",
    ),
    optional(
        "PROVIDER_GEMINI_RPM",
        value::range(1, 10_000_000),
        "Calls to Gemini's Developer API a minute, over all processes on the database; where it is not set, none is counted.",
    ),
    optional(
        "PROVIDER_GEMINI_TPM",
        value::range(1, 10_000_000_000),
        "Tokens of Gemini's Developer API a minute, read and written, over all processes on the database: an estimate is reserved and settled by what was used.",
    ),
    optional(
        "PROVIDER_GEMINI_MAX_CONCURRENCY",
        value::range(1, 1_000_000),
        "Calls to Gemini's Developer API under way at once, over all processes on the database.",
    ),
    optional(
        "PROVIDER_VERTEX_RPM",
        value::range(1, 10_000_000),
        "Calls to Vertex AI a minute, over all processes on the database; where it is not set, none is counted.",
    ),
    optional(
        "PROVIDER_VERTEX_TPM",
        value::range(1, 10_000_000_000),
        "Tokens of Vertex AI a minute, read and written, over all processes on the database: an estimate is reserved and settled by what was used.",
    ),
    optional(
        "PROVIDER_VERTEX_MAX_CONCURRENCY",
        value::range(1, 1_000_000),
        "Calls to Vertex AI under way at once, over all processes on the database.",
    ),
    open(
        "IDEMPOTENCY_TTL_SECONDS",
        "86400",
        value::range(60, 2_592_000),
        "How long an Idempotency-Key is remembered.",
    ),
    open(
        "OPENAI_BASE_URL",
        "https://api.openai.com/v1",
        value::url(),
        "Where OpenAI's API is: a gateway, or the simulator.",
    ),
    secret(
        "OPENAI_API_KEY",
        value::text(),
        "The key for OpenAI; without it no template of that provider can run.",
    ),
    open(
        "GEMINI_BASE_URL",
        "https://generativelanguage.googleapis.com/v1beta",
        value::url(),
        "Where Gemini's Developer API is: a gateway, or the simulator.",
    ),
    secret(
        "GEMINI_API_KEY",
        value::text(),
        "The key for Gemini's Developer API; without it no template of that provider can run.",
    ),
    optional(
        "VERTEX_PROJECT",
        value::text(),
        "The Google Cloud project for Vertex AI; without it no template of that provider can run.",
    ),
    open(
        "VERTEX_LOCATION",
        "global",
        value::text(),
        "The location of Vertex AI that serves, such as `europe-west4`; it is part of every run's provenance.",
    ),
    optional(
        "VERTEX_BASE_URL",
        value::url(),
        "Where Vertex AI is: a gateway, or the simulator; where it is not set, Google's own address of the location.",
    ),
    optional(
        "VERTEX_CREDENTIALS_FILE",
        value::text(),
        "The key file (JSON) of a service account for Vertex AI.",
    ),
    secret(
        "VERTEX_ACCESS_TOKEN",
        value::text(),
        "An access token for Vertex AI in the place of a key file, which somebody else renews.",
    ),
    secret(
        "ALS_SECRETS",
        value::keyring(),
        "ALS secrets, `k1:BASE64,k2:BASE64`, each at least 32 bytes; the last is the default of new templates. Generated on first start where it is not set.",
    ),
    secret(
        "RECORD_SECRETS",
        value::keyring(),
        "Keys of record HMACs in the same form; the last signs. Generated on first start where it is not set.",
    ),
    optional(
        "RECORD_KEYS_RETIRED",
        value::ids(),
        "Ids of record keys that prove nothing any more, joined by commas; records under them verify through their segments alone.",
    ),
    secret(
        "API_KEY_PEPPER",
        value::base64(),
        "What API keys are hashed under, BASE64 of at least 32 bytes. Generated on first start where it is not set.",
    ),
    secret(
        "CURSOR_SECRET",
        value::base64(),
        "What page cursors are signed with, BASE64 of at least 32 bytes. Generated on first start where it is not set.",
    ),
    open("STET_URL", "http://127.0.0.1:8080", value::url(), "Where client verbs find the API."),
    secret(
        "STET_API_KEY",
        value::text(),
        "The API key of client verbs; without it the one of the data folder is taken.",
    ),
];

//! A database per test, a clock and ids of the test's own, and a model that answers what it is told.

mod doubles;
mod execution;

use std::collections::BTreeSet;
use std::sync::Arc;

use secrecy::SecretString;
use stet_canon::Json;
use stet_coord::{NoMeter, ProviderVersions, VersionsPorts, VersionsSettings};
use stet_domain::Provider;
use stet_domain::als::Keyring;
use stet_domain::ids::{BatchId, Incarnation, OrgId, TemplateId};
use stet_domain::record::RecordKeys;
use stet_domain::role::Role;
use stet_ops::{
    Actor, BatchSubmission, FieldError, NewTemplate, OpError, Ops, OpsParts, OpsSettings, Pepper,
    RunSubmission,
};
use stet_store::PageRequest;
use stet_testkit::TempDatabase;

pub(crate) use doubles::{Listed, RecordedRings, TestClock, TestIds};
pub(crate) use execution::{MODEL, exchange, observed, probe};

/// 32 bytes in base64, of one letter.
pub(crate) const SECRET_A: &str = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
/// And of another.
pub(crate) const SECRET_B: &str = "YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";

/// The first page of a list.
pub(crate) const FIRST_PAGE: PageRequest = PageRequest { after: None, limit: 200 };

/// One process over a database.
pub(crate) struct World {
    pub(crate) ops: Ops,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) rings: Arc<RecordedRings>,
    pub(crate) listed: Arc<Listed>,
    pub(crate) database: Arc<TempDatabase>,
}

/// What a process is started with.
pub(crate) struct Start {
    pub(crate) settings: OpsSettings,
    pub(crate) als_keys: Option<String>,
    pub(crate) record_keys: String,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            settings: OpsSettings { providers: BTreeSet::from([Provider::OpenAi]), ..OpsSettings::default() },
            als_keys: Some(format!("k1:{SECRET_A}")),
            record_keys: format!("r1:{SECRET_B}"),
        }
    }
}

impl World {
    /// A process over a database of its own.
    pub(crate) async fn new() -> Self {
        Self::started(Start::default()).await
    }

    pub(crate) async fn started(start: Start) -> Self {
        Self::founded(TempDatabase::open().await, start).await
    }

    /// The same over a SQLite file, for what looks into it.
    pub(crate) async fn on_file() -> Self {
        Self::founded(TempDatabase::file().await, Start::default()).await
    }

    async fn founded(database: TempDatabase, start: Start) -> Self {
        let store = database.process().await.store;
        for org in ["default", "other"] {
            store.ensure_org(&self::org(org), stet_domain::clock::Timestamp(0)).await.unwrap();
        }
        Self::over(Arc::new(database), start).await
    }

    /// A process over a database that stands already.
    pub(crate) async fn over(database: Arc<TempDatabase>, start: Start) -> Self {
        let clock = Arc::new(TestClock::new());
        let ids = Arc::new(TestIds::new());
        let rings = Arc::new(RecordedRings::default());
        let listed = Arc::new(Listed::default());
        let process = database.process().await;
        let ports = VersionsPorts {
            flights: process.flights,
            cache: process.cache,
            source: listed.clone(),
            ids: ids.clone(),
            meter: Arc::new(NoMeter),
        };
        let versions = ProviderVersions::new(ports, "test".to_owned(), VersionsSettings::default());
        let ring = |text: String| Arc::new(Keyring::parse(&SecretString::from(text)).unwrap());
        let ops = Ops::new(OpsParts {
            store: process.store,
            clock: clock.clone(),
            ids,
            tasks: rings.clone(),
            versions: Arc::new(versions),
            gates: process.gates,
            members: process.members,
            als_keys: start.als_keys.map(ring),
            record_keys: Arc::new(RecordKeys::parse(&SecretString::from(start.record_keys)).unwrap()),
            pepper: Pepper(vec![7; 32].into()),
            settings: start.settings,
        });
        Self { ops, clock, rings, listed, database }
    }

    /// A template of the default org.
    pub(crate) async fn template(&self) -> TemplateId {
        let new = template("a question", "What is {{what}}?");
        self.ops.create_template(&admin(), &new, None).await.unwrap().value.id
    }

    /// A batch of 2 locales × 2 modes × 2 replicates, its preflight passed.
    pub(crate) async fn running_batch(&self) -> BatchId {
        let template = self.template().await;
        let done = self.ops.submit_batch(&admin(), template, &grid(), None).await.unwrap();
        self.lock(done.value.row.id).await;
        done.value.row.id
    }
}

pub(crate) fn org(name: &str) -> OrgId {
    name.parse().unwrap()
}

pub(crate) fn actor(org_name: &str, role: Role) -> Actor {
    Actor { org: org(org_name), key_id: "00112233445566ff".parse().unwrap(), role }
}

/// Of the default org, allowed everything.
pub(crate) fn admin() -> Actor {
    actor("default", Role::Admin)
}

/// Of another org, allowed everything.
pub(crate) fn stranger() -> Actor {
    actor("other", Role::Admin)
}

pub(crate) fn worker() -> Incarnation {
    Incarnation("test-1".to_owned())
}

pub(crate) fn json(text: &str) -> Json {
    Json::parse(text.as_bytes()).unwrap()
}

/// A template with one input.
pub(crate) fn template(name: &str, question: &str) -> NewTemplate {
    let config = format!(
        r#"{{"provider":"openai","model_version_constraint":"gpt-4o-2024-08-06",
            "messages":[{{"role":"user","content":"{question}"}}],
            "inputs":{{"what":{{"type":"string","default":"VAT"}}}},
            "generation":{{"max_output_tokens":100}}}}"#
    );
    NewTemplate { name: name.to_owned(), config: json(&config) }
}

/// A template with ALS; `seed` stands behind the catalogue, such as `,"seed_key_id":"k1"`.
pub(crate) fn als_template(id: &str, seed: &str) -> NewTemplate {
    let config = format!(
        r#"{{"provider":"openai","model_version_constraint":"gpt-4o-2024-08-06",
            "messages":[{{"role":"user","content":"?"}}],
            "als":{{"template_id":"{id}","catalog":"v1"{seed}}}}}"#
    );
    NewTemplate { name: "als".to_owned(), config: json(&config) }
}

/// 8 cells.
pub(crate) fn grid() -> BatchSubmission {
    BatchSubmission {
        locales: vec!["en-UK".to_owned(), "de_de".to_owned()],
        grounding_modes: vec!["PREFERRED".to_owned(), "UNGROUNDED".to_owned()],
        replicates: 2,
        inputs: Json::Null,
        drift_policy: "hard".to_owned(),
        max_parallel: None,
        expected_plan_sha256: None,
        trace: None,
    }
}

pub(crate) fn single() -> RunSubmission {
    RunSubmission {
        locale: "de-DE".to_owned(),
        grounding_mode: "UNGROUNDED".to_owned(),
        inputs: json(r#"{"what":"tax"}"#),
        trace: None,
    }
}

/// The offences of a refusal, as (pointer, code).
pub(crate) fn offences<T: std::fmt::Debug>(result: Result<T, OpError>) -> Vec<(String, &'static str)> {
    match result {
        Err(OpError::Validation(errors)) => {
            errors.into_iter().map(|FieldError { pointer, code, .. }| (pointer, code.as_str())).collect()
        }
        other => panic!("no validation error: {other:?}"),
    }
}

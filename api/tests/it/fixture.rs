//! The surface over a database of the test's own, with a key of every role in two orgs.

mod doubles;
mod execution;
mod reply;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Method, Request, header};
use secrecy::{ExposeSecret as _, SecretString};
use stet_api::{ApiOptions, ApiState, CursorKey, MetricsText, Readiness, router};
use stet_coord::{Members, NoMeter, ProviderVersions, VersionsPorts, VersionsSettings};
use stet_domain::Provider;
use stet_domain::als::Keyring;
use stet_domain::clock::Timestamp;
use stet_domain::ids::OrgId;
use stet_domain::record::RecordKeys;
use stet_domain::role::Role;
use stet_ops::{Actor, Ops, OpsParts, OpsSettings, Pepper};
use stet_testkit::TempDatabase;
use tower::ServiceExt as _;

pub(crate) use doubles::{Listed, NoRings, TestClock, TestIds};
pub(crate) use reply::Reply;

/// Of the base64 of 32 bytes.
const SECRET: &str = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";

/// The orgs of every database.
pub(crate) const ORGS: [&str; 2] = ["default", "other"];

pub(crate) struct World {
    pub(crate) ops: Ops,
    pub(crate) state: ApiState,
    pub(crate) router: Router,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) listed: Arc<Listed>,
    pub(crate) members: Arc<dyn Members>,
    tokens: Vec<(&'static str, Role, String)>,
    _database: TempDatabase,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(ApiOptions::default()).await
    }

    pub(crate) async fn with(options: ApiOptions) -> Self {
        let database = TempDatabase::open().await;
        let process = database.process().await;
        let store = process.store;
        let (clock, ids) = (Arc::new(TestClock::new()), Arc::new(TestIds::default()));
        let listed = Arc::new(Listed::default());
        let ports = VersionsPorts {
            flights: process.flights,
            cache: process.cache,
            source: listed.clone(),
            ids: ids.clone(),
            meter: Arc::new(NoMeter),
        };
        let versions = ProviderVersions::new(ports, "test".to_owned(), VersionsSettings::default());
        let secrets = |id: &str| SecretString::from(format!("{id}:{SECRET}"));
        let ops = Ops::new(OpsParts {
            store: store.clone(),
            clock: clock.clone(),
            ids,
            tasks: Arc::new(NoRings),
            versions: Arc::new(versions),
            gates: process.gates,
            members: process.members.clone(),
            als_keys: Some(Arc::new(Keyring::parse(&secrets("k1")).unwrap())),
            record_keys: Arc::new(RecordKeys::parse(&secrets("r1")).unwrap()),
            pepper: Pepper(vec![7; 32].into()),
            settings: OpsSettings { providers: BTreeSet::from([Provider::OpenAi]), ..OpsSettings::default() },
        });
        let mut tokens = Vec::new();
        for org in ORGS {
            store.ensure_org(&org.parse().unwrap(), Timestamp(0)).await.unwrap();
            for role in Role::ALL.iter().copied() {
                let made = ops.create_api_key(&admin(org), role, role.as_str(), None).await.unwrap().value;
                tokens.push((org, role, made.token.expect("it is new").expose_secret().to_owned()));
            }
        }
        let cursor_key = CursorKey::new(vec![9; 32].into());
        let state = ApiState {
            ops: ops.clone(),
            cursor_key,
            options,
            readiness: Readiness::default(),
            metrics: MetricsText::new(Arc::new(|| "# none\n".to_owned())),
        };
        let router = router(state.clone());
        Self { ops, state, router, clock, listed, members: process.members, tokens, _database: database }
    }

    /// The token of that role in that org.
    pub(crate) fn token(&self, org: &str, role: Role) -> &str {
        let found = self.tokens.iter().find(|(of, has, _)| *of == org && *has == role);
        &found.expect("every org has a key of every role").2
    }

    /// A request with the default org's admin key; the rest is the test's.
    pub(crate) fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let token = self.token("default", Role::Admin);
        Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"))
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        Reply::of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get_as(&self, org: &str, path: &str) -> Reply {
        self.get_with(org, Role::Admin, path).await
    }

    pub(crate) async fn get_with(&self, org: &str, role: Role, path: &str) -> Reply {
        let token = self.token(org, role);
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<String>) -> Reply {
        self.post_with(path, &[], body).await
    }

    pub(crate) async fn post_with(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<String>,
    ) -> Reply {
        let mut request = self.request(Method::POST, path).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.into())).unwrap()).await
    }

    /// The id of a new template of the default org that asks `question` with one input, `what`.
    pub(crate) async fn template(&self, question: &str) -> String {
        let reply = self.post("/v1/templates", template(question)).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.string("/id")
    }

    /// The id of a new batch of 8 cells.
    pub(crate) async fn batch(&self) -> String {
        let template = self.template("What is {{what}}?").await;
        let reply = self.post(&format!("/v1/templates/{template}/batch-run"), GRID).await;
        assert_eq!(reply.status, 202, "{}", reply.text());
        reply.string("/id")
    }

    /// How many templates, batches and runs the default org has: what must not grow under a refusal.
    pub(crate) async fn written(&self) -> (usize, usize) {
        let templates = self.get("/v1/templates?limit=200").await.json()["items"].as_array().unwrap().len();
        let batches = self.get("/v1/batches?limit=200").await.json()["items"].as_array().unwrap().len();
        (templates, batches)
    }
}

/// 8 cells.
pub(crate) const GRID: &str = r#"{"locales":["en-UK","de-DE"],"grounding_modes":["PREFERRED","UNGROUNDED"],"replicates":2,"drift_policy":"hard"}"#;

pub(crate) fn template(question: &str) -> String {
    format!(
        r#"{{"name":"a question","config":{{"provider":"openai","model_version_constraint":"gpt-4o-2024-08-06",
            "messages":[{{"role":"user","content":"{question}"}}],
            "inputs":{{"what":{{"type":"string","default":"VAT"}}}},
            "generation":{{"max_output_tokens":100}}}}}}"#
    )
}

pub(crate) fn admin(org: &str) -> Actor {
    let org: OrgId = org.parse().unwrap();
    Actor { org, key_id: "00112233445566ff".parse().unwrap(), role: Role::Admin }
}

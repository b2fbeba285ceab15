//! `stet template`.

use super::{Client, page};
use crate::args::{RunFilter, Template};
use crate::canon::read;
use crate::exit::Exit;
use crate::screen::Screen;

const COLUMNS: &[&str] =
    &["/id", "/name", "/provider", "/model_version_constraint", "/template_sha256", "/created_at"];

pub(crate) async fn run(client: &Client, screen: Screen, verb: Template) -> anyhow::Result<Exit> {
    match verb {
        Template::Create { file, idempotency_key } => {
            let document = read(&file)?;
            anyhow::ensure!(
                !document.is_empty(),
                "{} is empty: it should hold {{\"name\": …, \"config\": {{…}}}}",
                file.display()
            );
            if let Err(refusal) = stet_canon::Json::parse(&document) {
                anyhow::bail!("{}: {refusal}", file.display());
            }
            let answer = client.post("/v1/templates", &[], document, idempotency_key.as_deref()).await?;
            if answer.status == reqwest::StatusCode::OK {
                screen.say("a template with this content exists already");
            }
            screen.show(&answer.body)?;
        }
        Template::List(limit) => {
            screen.list(&page::fetch(client, "/v1/templates", &[], limit.limit).await?, COLUMNS)?;
        }
        Template::Show { id } => screen.show(&client.get(&format!("/v1/templates/{id}"), &[]).await?)?,
        Template::Diff { from, to } => {
            // The API's patch leads from `against` to the template of the path.
            let patch = client.get(&format!("/v1/templates/{to}/diff"), &[("against", from)]).await?;
            let steps = patch.as_array().cloned().unwrap_or_default();
            screen.list(&steps, &["/op", "/path", "/value"])?;
        }
        Template::Runs { id, filter, page: limit } => {
            let runs =
                page::fetch(client, &format!("/v1/templates/{id}/runs"), &query(filter), limit.limit).await?;
            screen.list(&runs, RUN_COLUMNS)?;
        }
    }
    Ok(Exit::Done)
}

/// What a table of runs shows.
pub(crate) const RUN_COLUMNS: &[&str] = &[
    "/id",
    "/status",
    "/locale",
    "/grounding_mode",
    "/replicate_index",
    "/end/error_code",
    "/end/response_output_sha256",
];

/// The filter as a query.
pub(crate) fn query(filter: RunFilter) -> Vec<(&'static str, String)> {
    [
        ("status", filter.status),
        ("batch", filter.batch),
        ("locale", filter.locale),
        ("grounding_mode", filter.grounding_mode),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

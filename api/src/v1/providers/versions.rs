//! `GET /v1/providers/{provider}/versions`.

use axum::Json;
use axum::extract::State;
use http::Uri;

use crate::gate::Caller;
use crate::path_id::{PathId, ProviderName};
use crate::problem::Problem;
use crate::query::Query;
use crate::state::ApiState;
use crate::wire;

/// The provider's model list: cached while it holds, else fetched once for all who wait.
#[utoipa::path(
    get,
    path = "/v1/providers/{provider}/versions",
    operation_id = "provider_versions",
    tag = "providers",
    params(
        ("provider" = String, Path, description = "`openai`, `gemini` or `vertex`"),
        ("force_refresh" = Option<bool>, Query, description = "Ask the provider in any case; needs the role operator"),
    ),
    responses((status = 200, description = "The list", body = wire::ProviderVersions))
)]
pub(crate) async fn provider_versions(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(ProviderName(provider)): PathId<ProviderName>,
    uri: Uri,
) -> Result<Json<wire::ProviderVersions>, Problem> {
    let mut query = Query::of(&uri)?;
    let force_refresh = query.flag("force_refresh");
    query.finish()?;
    Ok(Json(state.ops.provider_versions(&caller.0, provider, force_refresh).await?.into()))
}

//! Templates.

use async_trait::async_trait;
use stet_domain::ids::TemplateId;
use stet_domain::{Digest, Provider};
use stet_store::{Page, PageRequest, Position, StoreError, TemplateRow, Templates};

use super::params::{Hex, json};
use super::{Columns, Row, Transaction, page, queries};

#[async_trait]
impl Templates for Transaction {
    async fn insert_template(&mut self, row: &TemplateRow) -> Result<(), StoreError> {
        let query = self
            .scoped(queries::INSERT_TEMPLATE)
            .bind(row.id.to_bytes().to_vec())
            .bind(row.name.clone())
            .bind(row.template_sha256.to_bytes().to_vec())
            .bind(row.canonical.clone())
            .bind(row.provider.as_str())
            .bind(row.model_version_constraint.clone())
            .bind(row.created_by.clone())
            .bind(row.created_at.0)
            .bind(row.record_hmac.to_vec())
            .bind(row.record_key_id.clone());
        self.run(query).await?;
        Ok(())
    }

    async fn get_template(&mut self, id: TemplateId) -> Result<Option<TemplateRow>, StoreError> {
        let query = self.scoped(queries::GET_TEMPLATE).bind(id.to_bytes().to_vec());
        self.optional(query).await?.as_ref().map(read_template).transpose()
    }

    async fn find_template(&mut self, candidates: &[Digest]) -> Result<Option<TemplateRow>, StoreError> {
        let wanted: Vec<_> = candidates.iter().map(|digest| Hex(digest.to_bytes())).collect();
        let query = self.scoped(queries::FIND_TEMPLATE).bind(json(&wanted)?);
        self.optional(query).await?.as_ref().map(read_template).transpose()
    }

    async fn list_templates(&mut self, request: PageRequest) -> Result<Page<TemplateRow>, StoreError> {
        let (created_at_us, id) = page::start(request);
        let query = self
            .scoped(queries::LIST_TEMPLATES)
            .bind(created_at_us)
            .bind(id.to_vec())
            .bind(page::rows_wanted(request));
        let rows = self.all(query).await?;
        page::build(request, &rows, read_template, |template| Position {
            created_at: template.created_at,
            id: template.id.to_bytes(),
        })
    }
}

fn read_template(row: &Row) -> Result<TemplateRow, StoreError> {
    let columns = Columns::of("templates", row);
    Ok(TemplateRow {
        org: columns.named("org_id", |text| text.parse().ok())?,
        id: TemplateId::from_bytes(columns.array("template_id")?),
        name: columns.text("name")?,
        template_sha256: columns.digest("template_sha256")?,
        canonical: columns.bytes("canonical")?,
        provider: columns.named("provider", Provider::from_word)?,
        model_version_constraint: columns.text("model_version_constraint")?,
        created_by: columns.text("created_by")?,
        created_at: columns.time("created_at_us")?,
        record_hmac: columns.array("record_hmac")?,
        record_key_id: columns.text("record_key_id")?,
    })
}

//! The ambient location signals of a template.

use super::fields::Fields;
use super::read::SeedKeyId;
use super::value::{identifier, one_to};
use crate::json::{Json, Members};
use crate::refusal::{Offences, Refusal};

/// Code points that a `template_id` may have.
const MAX_TEMPLATE_ID_LENGTH: usize = 200;

/// Code points that a `catalog` and a `seed_key_id` may have.
const MAX_KEY_LENGTH: usize = 32;

/// What selects a template's ALS blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Als {
    /// The message of the seed's HMAC; templates may share it on purpose.
    pub template_id: String,
    /// The version of the catalogue of cues.
    pub catalog: String,
    /// The id of the secret that keys the seed; absent only until the server fills it in.
    pub seed_key_id: Option<String>,
}

impl Als {
    pub(super) fn read(
        value: &Json,
        seed_key_id: SeedKeyId,
        at: &str,
        offences: &mut Offences,
    ) -> Option<Self> {
        let fields = Fields::open(Some(value), &["template_id", "catalog", "seed_key_id"], at, offences)?;
        let template_id = fields.required("template_id", offences, |value, at, offences| {
            identifier(value, one_to(MAX_TEMPLATE_ID_LENGTH), at, offences)
        });
        let catalog = fields.required("catalog", offences, read_key);
        let seed_key_id = match seed_key_id {
            SeedKeyId::Required => fields.required("seed_key_id", offences, read_key),
            SeedKeyId::Optional => fields.optional("seed_key_id", offences, read_key),
        };
        Some(Self { template_id: template_id?, catalog: catalog?, seed_key_id })
    }

    pub(super) fn to_json(&self) -> Json {
        let members: Members = [
            ("template_id", Json::from(&self.template_id)),
            ("catalog", Json::from(&self.catalog)),
            ("seed_key_id", self.seed_key_id.clone().into()),
        ]
        .into_iter()
        .collect();
        members.into()
    }
}

/// A `seed_key_id` as a submitted one would be read.
pub(super) fn seed_key_id(text: &str) -> Result<String, Vec<Refusal>> {
    let mut offences = Offences::default();
    read_key(&text.into(), "/als/seed_key_id", &mut offences).ok_or_else(|| offences.into_vec())
}

fn read_key(value: &Json, at: &str, offences: &mut Offences) -> Option<String> {
    identifier(value, one_to(MAX_KEY_LENGTH), at, offences)
}

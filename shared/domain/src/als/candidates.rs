//! Templates that leave their key id out (canonical.md §4).

use crate::field::FieldError;
use crate::keyring::Keyring;
use crate::template::Template;

/// What a submitted template may already be stored as: itself, or, where it leaves `seed_key_id` out, itself under every known key.
///
/// The first is the one to store if none is found: it has the current default filled in.
///
/// # Errors
/// The template is too large once a key id is filled in.
pub fn key_candidates(template: Template, keys: Option<&Keyring>) -> Result<Vec<Template>, Vec<FieldError>> {
    let leaves_out = template.als.as_ref().is_some_and(|als| als.seed_key_id.is_none());
    match keys {
        Some(keys) if leaves_out => {
            let mut ids: Vec<&str> = keys.ids().collect();
            ids.reverse();
            let filled = ids.into_iter().map(|id| template.clone().with_seed_key_id(id));
            filled.collect::<Result<_, _>>().map_err(|refusals| FieldError::from_refusals("", &refusals))
        }
        Some(_) | None => Ok(vec![template]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring::tests::ring;

    fn template(als: &str) -> Template {
        let config = format!(
            r#"{{"provider":"openai","model_version_constraint":"m","messages":[{{"role":"user","content":"q"}}],"als":{als}}}"#
        );
        Template::parse(config.as_bytes()).unwrap()
    }

    fn key_ids(als: &str) -> Vec<Option<String>> {
        let found = key_candidates(template(als), Some(&ring(&["k1", "k2"]))).unwrap();
        found.into_iter().map(|template| template.als.and_then(|als| als.seed_key_id)).collect()
    }

    #[test]
    fn a_key_left_out_is_looked_for_under_every_key_and_the_default_is_first() {
        let left_out = r#"{"template_id":"t","catalog":"v1"}"#;
        assert_eq!(key_ids(left_out), [Some("k2".into()), Some("k1".into())]);
        let given = r#"{"template_id":"t","catalog":"v1","seed_key_id":"k1"}"#;
        assert_eq!(key_ids(given), [Some("k1".into())]);
        assert_eq!(key_ids("null"), [None]);
        assert_eq!(key_candidates(template(left_out), None).unwrap(), [template(left_out)]);
    }
}

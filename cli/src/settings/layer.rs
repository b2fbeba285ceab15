//! The layers of settings, and which of them each value comes from.

use std::path::Path;

use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::table::{Setting, TABLE};
use super::value::Check;

/// One setting in force.
#[derive(Debug, Clone)]
pub(crate) struct Effective {
    pub(crate) name: &'static str,
    pub(crate) value: Option<String>,
    /// `default`, `environment`, or the file's path.
    pub(crate) source: String,
    secret: bool,
    check: Check,
}

impl Effective {
    /// The same, with a secret's value hidden.
    pub(crate) fn masked(&self) -> Self {
        let value = self
            .value
            .as_ref()
            .map(|value| if self.secret { "********".to_owned() } else { self.check.shown(value) });
        Self { value, ..self.clone() }
    }
}

/// Settings that cannot be used; one line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub(crate) struct SettingsError(pub(crate) Vec<String>);

/// The environment, values kept as the text they are: figment's own reader would turn digits into numbers.
struct Environment(Vec<(String, String)>);

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("environment")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let values =
            self.0.iter().map(|(name, value)| (name.to_lowercase(), Value::from(value.clone()))).collect();
        Ok(Profile::Default.collect(values))
    }
}

/// Reads all layers and checks every value.
pub(crate) fn read(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Vec<Effective>, SettingsError> {
    let mut offences = Vec::new();
    let environment = known(environment, &mut offences);
    let defaults: Dict = TABLE
        .iter()
        .filter_map(|setting| Some((setting.name.to_lowercase(), Value::from(setting.default?))))
        .collect();
    let mut figment = Figment::from(Serialized::defaults(defaults));
    if let Some(file) = file {
        figment = figment.merge(Toml::file_exact(file));
    }
    let figment = figment.merge(Environment(environment));
    let data = figment.data().map_err(|error| SettingsError(vec![unreadable(file, &error)]))?;
    for key in data.get(&Profile::Default).into_iter().flat_map(Dict::keys) {
        if !TABLE.iter().any(|setting| setting.name.to_lowercase() == *key) {
            offences.push(format!("{key} is no setting of Stet; `stet config check` lists them"));
        }
    }
    let mut effective = Vec::new();
    for setting in TABLE {
        match one(&figment, setting) {
            Ok(found) => effective.push(found),
            Err(offence) => offences.push(offence),
        }
    }
    if offences.is_empty() { Ok(effective) } else { Err(SettingsError(offences)) }
}

/// One line on why the file could not be read. The parser quotes the line that it stumbled over, which may hold a secret: that is left out.
fn unreadable(file: Option<&Path>, error: &figment::Error) -> String {
    let text = error.to_string();
    let said: Vec<&str> = text.lines().filter(|line| !line.contains('|') && !line.is_empty()).collect();
    let file = file.map_or_else(String::new, |file| format!("{}: ", file.display()));
    format!("{file}the file of settings cannot be read: {}", said.join(", "))
}

fn one(figment: &Figment, setting: &Setting) -> Result<Effective, String> {
    let absent = Effective {
        name: setting.name,
        value: None,
        source: "not set".to_owned(),
        secret: setting.secret,
        check: setting.check,
    };
    let Ok(found) = figment.find_value(&setting.name.to_lowercase()) else { return Ok(absent) };
    let source = figment.get_metadata(found.tag()).map_or_else(
        || "default".to_owned(),
        |metadata| match &metadata.source {
            Some(figment::Source::File(path)) => path.display().to_string(),
            _ if metadata.name == "environment" => "environment".to_owned(),
            _ => "default".to_owned(),
        },
    );
    let value = match &found {
        Value::String(_, text) => text.clone(),
        Value::Bool(_, value) => value.to_string(),
        Value::Num(_, number) => {
            number.to_i128().map_or_else(|| format!("{number:?}"), |whole| whole.to_string())
        }
        other => format!("{other:?}"),
    };
    if setting.check.accepts(&value) {
        return Ok(Effective { value: Some(value), source, ..absent });
    }
    let shown =
        if setting.secret { "(hidden)".to_owned() } else { format!("{:?}", setting.check.shown(&value)) };
    Err(format!("{} is {shown} (from {source}): allowed is {}", setting.name, setting.check.allowed()))
}

/// The environment's settings; a name that starts with `STET_` and is none, or that is nearly one, is an offence: a typo must not
/// leave a default in force in silence.
fn known(
    environment: impl IntoIterator<Item = (String, String)>,
    offences: &mut Vec<String>,
) -> Vec<(String, String)> {
    let mut settings = Vec::new();
    for (name, value) in environment {
        if TABLE.iter().any(|setting| setting.name == name) {
            settings.push((name, value));
        } else if name.starts_with("STET_") && name != "STET_CONFIG" {
            offences.push(format!("{name} is no setting of Stet; `stet config check` lists them"));
        } else if let Some(near) = TABLE.iter().find(|setting| nearly(setting.name, &name)) {
            offences.push(format!("{name} is no setting of Stet; did you mean {}?", near.name));
        }
    }
    settings
}

/// Whether two long names differ by one or two letters.
fn nearly(setting: &str, name: &str) -> bool {
    const LONG: usize = 9;
    setting.len() >= LONG && name.len() >= LONG && strsim::levenshtein(setting, name) <= 2
}

#[cfg(test)]
mod tests {
    use super::super::Settings;

    fn load(pairs: &[(&str, &str)]) -> Result<Settings, String> {
        let environment = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::load(None, environment).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_hold_and_the_environment_wins() {
        assert_eq!(load(&[]).unwrap().worker_concurrency, 256);
        assert_eq!(load(&[("WORKER_CONCURRENCY", "7"), ("PATH", "/bin")]).unwrap().worker_concurrency, 7);
    }

    #[test]
    fn an_offence_names_the_setting_the_value_and_what_is_allowed() {
        let refused = load(&[("ALS_MAX_CHARS", "351"), ("EXECUTION_MODE", "async")]).unwrap_err();
        assert!(refused.contains(
            r#"ALS_MAX_CHARS is "351" (from environment): allowed is a whole number from 1 to 350"#
        ));
        assert!(refused.contains(r#"EXECUTION_MODE is "async""#), "{refused}");
    }

    #[test]
    fn a_file_is_no_fleets_database() {
        let refused = load(&[("EXECUTION_MODE", "apalis")]).unwrap_err();
        assert!(
            refused.contains("EXECUTION_MODE is apalis") && refused.contains("use PostgreSQL"),
            "{refused}"
        );
        let refused = load(&[("EXECUTION_MODE", "apalis"), ("STET_ENV", "production")]).unwrap_err();
        assert_eq!(refused.lines().count(), 2, "{refused}");
        assert!(load(&[("EXECUTION_MODE", "apalis"), ("DATABASE_URL", "postgres://h/d")]).is_ok());
    }

    #[test]
    fn a_misspelt_name_does_not_pass_in_silence() {
        assert!(
            load(&[("WORKER_CONCURENCY", "7")]).unwrap_err().contains("did you mean WORKER_CONCURRENCY?")
        );
        assert!(load(&[("STET_LISTEM", "x")]).unwrap_err().contains("STET_LISTEM is no setting"));
    }

    #[test]
    fn a_secret_is_never_shown() {
        let refused = load(&[("CURSOR_SECRET", "hunter2")]).unwrap_err();
        assert!(!refused.contains("hunter2"), "{refused}");
        let settings = load(&[("OPENAI_API_KEY", "sk-hunter2")]).unwrap();
        let shown: Vec<_> = settings.effective().filter_map(|setting| setting.value).collect();
        assert!(shown.iter().all(|value| !value.contains("hunter2")));
        assert!(!format!("{:?}", settings.providers.openai_api_key).contains("hunter2"));
    }
}

//! `stet als render`: the block that a cell is sent.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use stet_canon::Json;
use stet_domain::template::Template;
use stet_domain::{Locale, als};

use crate::canon::{config_of, read};
use crate::exit::Exit;
use crate::secrets::Secrets;
use crate::settings::Settings;
use crate::system::SystemIds;

/// Prints the block on standard output and what is recorded of it on standard error.
pub(crate) fn render(settings: &Settings, template: &Path, locale: &str) -> anyhow::Result<Exit> {
    let document = Json::parse(&read(template)?)
        .map_err(|refusal| anyhow::anyhow!("{}: {refusal}", template.display()))?;
    let template = Template::from_json(config_of(&document)).map_err(|refusals| {
        let lines: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })?;
    let Some(mut als) = template.als else { bail!("the template has no `als`: its cells are sent no block") };
    let locale: Locale = locale.parse().map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    // No database is asked here: one that is in use refuses, on its start, secrets that are made in their place.
    let secrets = Secrets::load(settings, &SystemIds::default(), false)?;
    let key = als.seed_key_id.get_or_insert_with(|| secrets.als.default_id().to_owned()).clone();
    let block = als::block(&secrets.als, &als, &locale.to_string(), settings.limits.als_max_chars)
        .context("there is no block")?;
    match block {
        None => eprintln!("the locale {locale} is the control: it has no block"),
        Some(block) => {
            let mut out = std::io::stdout().lock();
            out.write_all(block.text.as_bytes())?;
            out.write_all(b"\n")?;
            eprintln!("variant {}  sha256 {}  key {key}", block.variant_id, block.sha256);
        }
    }
    Ok(Exit::Done)
}

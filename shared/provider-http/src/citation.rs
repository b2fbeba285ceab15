//! Addresses of citations: tracking taken off, the host read.

use url::Url;

/// Query parameters that only say where a reader came from.
const TRACKING: [&str; 6] = ["fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid"];

/// The address without tracking parameters; an address that cannot be parsed, or has none, stays as it is.
pub(crate) fn without_tracking(raw: &str) -> String {
    let Ok(mut url) = Url::parse(raw) else { return raw.to_owned() };
    let Some(query) = url.query() else { return raw.to_owned() };
    let is_tracking = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
        name.starts_with("utm_") || TRACKING.contains(&name.as_str())
    };
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_tracking(pair)).collect();
    if kept.len() == query.split('&').count() {
        return raw.to_owned();
    }
    let kept = kept.join("&");
    url.set_query(if kept.is_empty() { None } else { Some(&kept) });
    url.into()
}

/// The host of an address, without a leading `www.`.
pub(crate) fn domain_of(raw: &str) -> Option<String> {
    let url = Url::parse(raw).ok()?;
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

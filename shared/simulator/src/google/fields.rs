//! Reading a request's members, which JSON of protocol buffers spells in two ways.

use stet_domain::Json;

/// The name with words divided by `_`, as the service has it in its messages.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

/// The value of a member by its name in camel case, however the request spells it, where it is not `null`.
pub(super) fn member<'a>(value: &'a Json, name: &str) -> Option<&'a Json> {
    value.get(name).or_else(|| value.get(&snake(name))).filter(|value| !value.is_null())
}

/// The string of a member.
pub(super) fn text<'a>(value: &'a Json, name: &str) -> Option<&'a str> {
    member(value, name)?.as_str()
}

/// The elements of a member; none where there is no array.
pub(super) fn list<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    member(value, name).and_then(Json::as_array).unwrap_or_default()
}

/// The whole number of a member, as a number or in a string.
pub(super) fn whole(value: &Json, name: &str) -> Option<i64> {
    let value = member(value, name)?;
    crate::fields::integer(value).or_else(|| value.as_str()?.parse().ok())
}

/// The number of a member, with its spelling; one beyond the range of f64 is infinite.
pub(super) fn float<'a>(value: &'a Json, name: &str) -> Option<(f64, &'a str)> {
    let spelled = member(value, name)?.as_number()?.as_str();
    Some((spelled.parse().unwrap_or(f64::INFINITY), spelled))
}

/// Whether a member is set to true.
pub(super) fn flag(value: &Json, name: &str) -> bool {
    member(value, name).and_then(Json::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read() {
        assert_eq!(snake("responseJsonSchema"), "response_json_schema");
        for body in [
            r#"{"topP":0.5,"topK":"3","includeThoughts":true}"#,
            r#"{"top_p":0.5,"top_k":3,"include_thoughts":true}"#,
        ] {
            let body = Json::parse(body.as_bytes()).unwrap();
            assert_eq!(float(&body, "topP"), Some((0.5, "0.5")));
            assert_eq!(whole(&body, "topK"), Some(3));
            assert!(flag(&body, "includeThoughts") && !flag(&body, "topP"));
        }
    }
}

//! The conversation of a request.

use stet_domain::Json;

use super::error::ApiError;
use super::fields::{list, member, text};
use super::surface::Surface;

/// Refuses a request without contents, contents without parts, and roles that are none.
pub(super) fn check(document: &Json, surface: Surface) -> Result<(), ApiError> {
    let contents = list(document, "contents");
    if contents.is_empty() {
        let vertex = "at least one contents field is required";
        return Err(ApiError::field(surface, "contents", "contents is not specified", vertex));
    }
    for (index, content) in contents.iter().enumerate() {
        if !matches!(text(content, "role"), None | Some("" | "user" | "model")) {
            return Err(ApiError::invalid("Please use a valid role: user, model."));
        }
        let parts = list(content, "parts");
        if parts.is_empty() {
            let vertex = "it must include at least one parts field, which describes the prompt input";
            let field = format!("contents[{index}].parts");
            return Err(ApiError::field(surface, &field, "contents.parts must not be empty.", vertex));
        }
        if let Some(part) =
            parts.iter().position(|part| part.as_object().is_none_or(|part| part.keys().next().is_none()))
        {
            let field = format!("contents[{index}].parts[{part}].data");
            let developer = "required oneof field 'data' must have one initialized field";
            return Err(ApiError::field(surface, &field, developer, "it must have a text parameter"));
        }
    }
    Ok(())
}

/// The roles and texts of the conversation, the instructions first; a turn without a role is the user's.
pub(super) fn texts(document: &Json) -> Vec<(&str, String)> {
    let said = |content: &Json| list(content, "parts").iter().filter_map(|part| text(part, "text")).collect();
    let instructions = member(document, "systemInstruction").map(|content| ("system", said(content)));
    let turns = list(document, "contents").iter().map(|content| {
        let role = text(content, "role").filter(|role| !role.is_empty()).unwrap_or("user");
        (role, said(content))
    });
    instructions.into_iter().chain(turns).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> String {
        format!("{:?}", check(&Json::parse(body.as_bytes()).unwrap(), Surface::Developer).unwrap_err())
    }

    #[test]
    fn contents_parts_and_roles_are_checked() {
        assert!(refused("{}").contains("contents is not specified"));
        assert!(refused(r#"{"contents":[{"role":"user"}]}"#).contains("contents[0].parts"));
        assert!(refused(r#"{"contents":[{"parts":[{}]}]}"#).contains("oneof field 'data'"));
        let system = r#"{"contents":[{"role":"system","parts":[{"text":"x"}]}]}"#;
        assert!(refused(system).contains("Please use a valid role: user, model."));
    }

    #[test]
    fn texts_come_in_the_order_in_which_they_are_read() {
        let body = r#"{"contents":[{"parts":[{"text":"a"},{"text":"b"}]},{"role":"model","parts":[{"text":"c"}]}],
            "system_instruction":{"parts":[{"text":"s"}]}}"#;
        let body = Json::parse(body.as_bytes()).unwrap();
        let told: Vec<_> = texts(&body);
        assert_eq!(told, [("system", "s".to_owned()), ("user", "ab".to_owned()), ("model", "c".to_owned())]);
    }
}

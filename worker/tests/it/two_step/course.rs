//! Which calls a run makes, and what is kept of them.

use stet_canon::{Digest, Json, Number};
use stet_domain::client_request_id::ClientRequest;
use stet_domain::run::RunStatus;
use stet_store::ExchangeRow;

use super::{SEARCHES, STRICT, asked, fact, output, purposes, step1_text, third};
use crate::fixture::{Asked, World};

both_vendors! {
    step_1_is_grounded_and_step_2_reshapes_it,
    only_grounded_json_goes_two_steps,
    the_provokers_try_precedes_step_2,
}

const PROVOKER: &str = "Search the web first.";

fn sent(exchange: &ExchangeRow) -> Json {
    Json::parse(&exchange.request_body).unwrap()
}

/// The tokens that a reply tells.
fn told(exchange: &ExchangeRow) -> i64 {
    let reply = Json::parse(&exchange.reply_body).unwrap();
    let total = reply.get("usageMetadata").unwrap().get("totalTokenCount").and_then(Json::as_number);
    i64::try_from(total.and_then(Number::to_u64).unwrap()).unwrap()
}

/// The id of a single run's call.
fn client_request_id(step: u32, provoker_try: bool) -> String {
    let request =
        ClientRequest { batch_sha256: None, batch_run_index: 0, replicate_index: 0, step, provoker_try };
    request.id().to_string()
}

async fn step_1_is_grounded_and_step_2_reshapes_it(google: Asked) {
    let world = World::new("{}").await;
    let work = world.process.work();
    for mode in ["PREFERRED", "REQUIRED"] {
        let before = world.calls();
        let (view, attempts) = asked(&world, google, SEARCHES, STRICT, mode).await;
        let end = view.row.end.as_ref().unwrap();
        assert_eq!((view.row.status, end.error_code), (RunStatus::Succeeded, None), "{end:?}");
        assert_eq!((end.output_json_valid, end.grounded_effective), (Some(true), Some(true)));
        assert!(!view.output.as_ref().unwrap().citations.is_empty(), "the evidence is that of step 1");
        let source = step1_text(&view).unwrap();
        assert!(Json::parse(source).is_err(), "step 1 is prose");
        assert_eq!(fact(&view, "step2_source_ref"), Json::from(Digest::of(source).to_string()));
        assert_eq!(fact(&view, "step2_tools_invoked"), Json::from(false));
        assert!(Json::parse(output(&view).unwrap()).unwrap().get("rate").is_some());

        assert_eq!((attempts.len(), purposes(&attempts[0])), (1, vec!["answer", "step2"]));
        let exchanges = &attempts[0].exchanges;
        let (one, two) = (sent(&exchanges[0]), sent(&exchanges[1]));
        assert!(one.get("tools").is_some() && one.get("generationConfig").is_none(), "no form: {one:?}");
        assert!(two.get("tools").is_none(), "no tool: {two:?}");
        assert!(two.get("generationConfig").unwrap().get("responseJsonSchema").is_some());
        assert_eq!(
            (end.usage.input.unwrap() + end.usage.output.unwrap()),
            told(&exchanges[0]) + told(&exchanges[1]),
            "tokens of both steps"
        );
        let calls = world.simulator.calls(before, 10);
        let ids: Vec<_> = calls.iter().map(|call| call.client_request_id.as_deref().unwrap()).collect();
        assert_eq!(ids, [client_request_id(1, false), client_request_id(2, false)]);
    }
    work.stop().await;
}

async fn only_grounded_json_goes_two_steps(google: Asked) {
    let world = World::new("{}").await;
    let work = world.process.work();
    let one_step = format!(r#"{STRICT},"grounded_json_two_step":false"#);
    let loose = r#","output":{"format":"json"}"#;
    let table = [
        (google, STRICT, "UNGROUNDED", false),
        (google, "", "PREFERRED", false),
        (google, loose, "PREFERRED", true),
        (third(google), STRICT, "PREFERRED", true),
        (third(google), &one_step, "PREFERRED", false),
        // The second generation takes no search beside JSON, whatever the template says.
        (google, &one_step, "PREFERRED", true),
    ];
    for (who, fields, mode, two) in table {
        let (view, attempts) = asked(&world, who, SEARCHES, fields, mode).await;
        assert_eq!(view.row.status, RunStatus::Succeeded, "{} {fields} {mode}: {view:?}", who.model);
        let expected = if two { vec!["answer", "step2"] } else { vec!["answer"] };
        assert_eq!(purposes(&attempts[0]), expected, "{} {fields} {mode}", who.model);
        assert_eq!(step1_text(&view).is_some(), two);
        assert_eq!(fact(&view, "step2_tools_invoked"), if two { Json::from(false) } else { Json::Null });
        assert_eq!(fact(&view, "step2_source_ref") == Json::Null, !two);
    }
    work.stop().await;
}

async fn the_provokers_try_precedes_step_2(google: Asked) {
    let world = World::new("{}").await;
    let work = world.process.work();
    let fields = format!(r#"{STRICT},"grounding":{{"provoker":"{PROVOKER}"}}"#);
    let scenario = |then: &str| {
        format!(
            r#"{{"rules":[{{"when":{{"input_contains":"{PROVOKER}"}},"then":{then}}},{{"then":{{"search":"unused"}}}}]}}"#
        )
    };
    let table = [
        (r#"{"search":"used"}"#, "REQUIRED", true),
        (r#"{"search":"uncited"}"#, "PREFERRED", true),
        (r#"{"answer":"refusal"}"#, "PREFERRED", false),
        (r#"{"fault":{"error":{"status":500}}}"#, "PREFERRED", false),
    ];
    for (then, mode, provoked) in table {
        let before = world.calls();
        let (view, attempts) = asked(&world, google, &scenario(then), &fields, mode).await;
        assert_eq!(view.row.status, RunStatus::Succeeded, "{then}: {view:?}");
        assert_eq!((attempts.len(), purposes(&attempts[0])), (1, vec!["answer", "provoker", "step2"]));
        let provoker = if provoked { Json::from(PROVOKER) } else { Json::Null };
        assert_eq!(fact(&view, "provoker_value"), provoker, "{then}");
        let source = std::str::from_utf8(step1_text(&view).unwrap()).unwrap();
        let reply = &attempts[0].exchanges[usize::from(provoked)].reply_body;
        let stretch = Json::from(source.chars().take(20).collect::<String>()).to_canonical_string();
        let reply = String::from_utf8_lossy(reply);
        assert!(reply.contains(stretch.trim_end_matches('"')), "{then}: {stretch} in {reply}");
        let calls = world.simulator.calls(before + 2, 10);
        assert_eq!(calls.len(), 1, "{then}");
        assert_eq!(calls[0].client_request_id.as_deref().unwrap(), client_request_id(2, provoked), "{then}");
    }
    // Without evidence a REQUIRED run has failed, provoked or not: there is nothing to reshape.
    let (view, attempts) =
        asked(&world, google, &scenario(r#"{"search":"uncited"}"#), &fields, "REQUIRED").await;
    assert_eq!(super::code(&view), (RunStatus::Failed, Some("GROUNDING_MISSING")));
    assert_eq!(purposes(&attempts[0]), ["answer", "provoker"]);
    work.stop().await;
}

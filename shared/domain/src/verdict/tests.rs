use super::*;
use crate::Digest;
use crate::answer::{Answer, Finish, SearchEvidence};
use crate::echo::Echo;
use crate::usage::TokenUsage;

const PINNED: &str = "gpt-4o-2024-08-06";

fn template(more: &str) -> Template {
    let config = format!(
        r#"{{"provider":"openai","model_version_constraint":"{PINNED}","messages":[{{"role":"user","content":"q"}}]{more}}}"#
    );
    Template::parse(config.as_bytes()).unwrap()
}

fn strict() -> Template {
    template(
        r#","output":{"format":"json","schema":{"type":"object","required":["a"],"properties":{"a":{"type":"integer"}}}}"#,
    )
}

fn seen(version: &str, fingerprint: Option<&str>) -> Observation {
    Observation { model_version: version.to_owned(), model_fingerprint: fingerprint.map(str::to_owned) }
}

fn answer(text: &str) -> Answer {
    Answer {
        finish: Finish::Complete,
        text: text.to_owned(),
        last_message_text: None,
        observed: Some(seen(PINNED, None)),
        model_version_raw: Some(PINNED.to_owned()),
        service_tier: None,
        echo: None,
        search: SearchEvidence::default(),
        usage: TokenUsage::default(),
        response_id: None,
    }
}

fn standard<'a>(template: &'a Template, schema: Option<&'a OutputSchema>) -> Standard<'a> {
    Standard {
        template,
        schema,
        mode: GroundingMode::Ungrounded,
        lock: None,
        lock_version: None,
        lock_echo: EchoDigests::default(),
        drift_policy: DriftPolicy::Hard,
    }
}

fn outcome(verdict: &Verdict) -> (RunStatus, Option<&'static str>) {
    (verdict.status, verdict.error_code.map(ErrorCode::as_str))
}

fn failed(code: &'static str) -> (RunStatus, Option<&'static str>) {
    (RunStatus::Failed, Some(code))
}

const SUCCEEDED: (RunStatus, Option<&str>) = (RunStatus::Succeeded, None);

#[test]
fn a_plain_text_answer_succeeds_with_its_text_hash() {
    let template = template("");
    let verdict = judge(&standard(&template, None), &answer("Oslo. \r\n"), None);
    assert_eq!(outcome(&verdict), SUCCEEDED);
    let output = verdict.output.unwrap();
    assert_eq!((output.text.as_str(), output.sha256), ("Oslo. \r\n", Digest::of(b"Oslo.")));
    assert_eq!((output.json_valid, output.from_last_message), (None, None));
}

#[test]
fn a_single_run_is_held_to_the_pin_byte_for_byte() {
    let template = template("");
    let mut other = answer("x");
    other.observed = Some(seen("gpt-4o-2024-11-20", None));
    let verdict = judge(&standard(&template, None), &other, None);
    assert_eq!(outcome(&verdict), failed("MODEL_VERSION_MISMATCH"));
    assert!(verdict.output.is_some() && verdict.observed.is_some(), "kept for the operator");
    other.observed = None;
    assert_eq!(outcome(&judge(&standard(&template, None), &other, None)), failed("MODEL_VERSION_MISMATCH"));
}

#[test]
fn drift_goes_before_equality_and_follows_the_policy() {
    let template = template("");
    let lock = Lock { epoch: 1, observed: seen(PINNED, Some("fp_1")) };
    let mut drifted = answer("x");
    drifted.observed = Some(seen("gpt-4o-2024-11-20", Some("fp_1")));
    let judged = |policy, answer: &Answer| {
        let standard = Standard { lock: Some(&lock), drift_policy: policy, ..standard(&template, None) };
        judge(&standard, answer, None)
    };
    let hard = judged(DriftPolicy::Hard, &drifted);
    assert_eq!(outcome(&hard), (RunStatus::Quarantined, Some("DRIFTED")));
    assert_eq!(hard.drift_kind, Some(DriftKind::VersionChanged));
    assert!(hard.pauses_batch() && hard.output.is_some());
    assert_eq!(
        hard.error_detail.as_deref(),
        Some(r#"version_changed: locked "gpt-4o-2024-08-06", answered "gpt-4o-2024-11-20""#)
    );
    assert_eq!(outcome(&judged(DriftPolicy::Fail, &drifted)), failed("DRIFTED"));
    let warned = judged(DriftPolicy::Warn, &drifted);
    assert_eq!((outcome(&warned), warned.drift_kind), (SUCCEEDED, Some(DriftKind::VersionChanged)));

    drifted.observed = Some(seen(PINNED, Some("fp_2")));
    assert_eq!(judged(DriftPolicy::Hard, &drifted).drift_kind, Some(DriftKind::FingerprintChanged));
    drifted.observed = Some(seen(PINNED, None));
    assert_eq!(outcome(&judged(DriftPolicy::Hard, &drifted)), SUCCEEDED, "not offered is never drift");
    drifted.observed = None;
    assert_eq!(outcome(&judged(DriftPolicy::Warn, &drifted)), failed("MODEL_VERSION_MISMATCH"));
}

#[test]
fn an_accepted_version_takes_the_place_of_the_pin() {
    let template = template("");
    let lock = Lock { epoch: 2, observed: seen("gpt-4o-2024-11-20", None) };
    let standard =
        Standard { lock: Some(&lock), lock_version: Some("gpt-4o-2024-11-20"), ..standard(&template, None) };
    let mut moved = answer("x");
    moved.observed = Some(lock.observed.clone());
    assert_eq!(outcome(&judge(&standard, &moved, None)), SUCCEEDED);
    assert_eq!(outcome(&judge(&standard, &answer("x"), None)), (RunStatus::Quarantined, Some("DRIFTED")));
    assert!(check_observation(&template, None, &lock.observed).is_err());
    assert!(check_observation(&template, Some("gpt-4o-2024-11-20"), &lock.observed).is_ok());
}

#[test]
fn changed_echoes_flag_and_never_fail() {
    let template = template("");
    let lock = Lock { epoch: 1, observed: seen(PINNED, None) };
    let standard = Standard {
        lock: Some(&lock),
        lock_echo: EchoDigests { settings: Some(Digest::of(b"{}")), tools: None },
        ..standard(&template, None)
    };
    let mut echoed = answer("x");
    echoed.echo = Some(Echo { settings: b"{}".to_vec(), tools: Some(b"[]".to_vec()) });
    assert_eq!(judge(&standard, &echoed, None).drift_kind, None);
    echoed.echo = Some(Echo { settings: b"{\"top_p\":1}".to_vec(), tools: None });
    let verdict = judge(&standard, &echoed, None);
    assert_eq!((outcome(&verdict), verdict.drift_kind), (SUCCEEDED, Some(DriftKind::EchoChanged)));
}

#[test]
fn a_fingerprint_allowlist_fails_closed() {
    let template = template(r#","model_fingerprint_allowlist":["fp_1"]"#);
    let with = |fingerprint| {
        let mut judged = answer("x");
        judged.observed = Some(seen(PINNED, fingerprint));
        outcome(&judge(&standard(&template, None), &judged, None))
    };
    assert_eq!(with(Some("fp_1")), SUCCEEDED);
    assert_eq!(with(Some("fp_2")), failed("FINGERPRINT_NOT_ALLOWED"));
    assert_eq!(with(None), failed("FINGERPRINT_NOT_OFFERED"));
}

#[test]
fn every_finish_but_a_complete_one_fails() {
    let template = template("");
    let reason = || "because".to_owned();
    for (finish, code) in [
        (Finish::Refused { reason: reason() }, "PROVIDER_REFUSED"),
        (Finish::Incomplete { reason: reason() }, "OUTPUT_INCOMPLETE"),
        (Finish::Empty, "OUTPUT_EMPTY"),
    ] {
        let verdict = judge(&standard(&template, None), &Answer { finish, ..answer("part") }, None);
        assert_eq!(outcome(&verdict), failed(code));
        assert_eq!(verdict.output.map(|output| output.text), Some("part".to_owned()));
    }
    let silent = judge(&standard(&template, None), &answer(""), None);
    assert_eq!((outcome(&silent), silent.output), (failed("OUTPUT_EMPTY"), None));
}

#[test]
fn required_fails_closed_without_evidence() {
    let template = template("");
    let outcome_in =
        |mode| outcome(&judge(&Standard { mode, ..standard(&template, None) }, &answer("x"), None));
    assert_eq!(outcome_in(GroundingMode::Required), failed("GROUNDING_MISSING"));
    assert_eq!(outcome_in(GroundingMode::Preferred), SUCCEEDED);
    assert_eq!(outcome_in(GroundingMode::Ungrounded), SUCCEEDED);
}

#[test]
fn strict_json_is_checked_and_hashed_in_its_own_form() {
    let template = strict();
    let schema = OutputSchema::of(&template).unwrap().unwrap();
    let judged = |answer: &Answer| {
        let verdict = judge(&standard(&template, Some(&schema)), answer, None);
        let output = verdict.output.clone().unwrap();
        (outcome(&verdict), output.json_valid, output.sha256)
    };
    let good = judged(&answer("{ \"a\" : 1.0 }"));
    assert_eq!(good, (SUCCEEDED, Some(true), Digest::of(b"{\"a\":1}")));
    let missing = judged(&answer("{\"b\":1}"));
    assert_eq!(missing, (failed("OUTPUT_SCHEMA_MISMATCH"), Some(false), Digest::of(b"{\"b\":1}")));
    let broken = judged(&answer("{\"a\":1,\"a\":1} "));
    assert_eq!(broken, (failed("OUTPUT_INVALID_JSON"), Some(false), Digest::of(b"{\"a\":1,\"a\":1}")));
}

#[test]
fn the_last_message_alone_is_read_where_the_join_is_not_json() {
    let template = strict();
    let schema = OutputSchema::of(&template).unwrap().unwrap();
    let twice = Answer { last_message_text: Some("{\"a\":2}".to_owned()), ..answer("{\"a\":2}{\"a\":2}") };
    let verdict = judge(&standard(&template, Some(&schema)), &twice, None);
    assert_eq!(outcome(&verdict), SUCCEEDED);
    let output = verdict.output.unwrap();
    assert_eq!((output.text.as_str(), output.from_last_message), ("{\"a\":2}", Some(true)));
    assert_eq!(hash_output(&output.text, true), (output.sha256, OutputForm::Json));

    let neither = Answer { last_message_text: Some("x".to_owned()), ..answer("{\"a\":2}x") };
    let output = judge(&standard(&template, Some(&schema)), &neither, None).output.unwrap();
    assert_eq!((output.text.as_str(), output.from_last_message), ("{\"a\":2}x", Some(false)));
    assert_eq!(hash_output(&output.text, true), (output.sha256, OutputForm::Text));
}

#[test]
fn json_that_is_not_strict_is_told_and_kept() {
    let template = template(r#","output":{"format":"json"}"#);
    assert!(OutputSchema::of(&template).unwrap().is_none());
    let verdict = judge(&standard(&template, None), &answer("no json"), None);
    assert_eq!((outcome(&verdict), verdict.output.unwrap().json_valid), (SUCCEEDED, Some(false)));
}

#[test]
fn numbers_beyond_every_machine_type_are_validated_exactly() {
    let template = template(
        r#","output":{"format":"json","schema":{"type":"object","properties":{"a":{"type":"integer","maximum":10}},"required":["a"]}}"#,
    );
    let schema = OutputSchema::of(&template).unwrap().unwrap();
    let huge = answer(r#"{"a":1e400}"#);
    let verdict = judge(&standard(&template, Some(&schema)), &huge, None);
    assert_eq!(outcome(&verdict), failed("OUTPUT_SCHEMA_MISMATCH"));
}

#[test]
fn a_reshaping_step_gives_the_output_and_must_show_no_tool() {
    let template = strict();
    let schema = OutputSchema::of(&template).unwrap().unwrap();
    let judged = |step2: &Answer| {
        let step2 = Some(Step2::Answered(step2));
        judge(&standard(&template, Some(&schema)), &answer("prose"), step2)
    };
    let clean = judged(&answer("{\"a\":1}"));
    assert_eq!((outcome(&clean), clean.step2_tools_invoked), (SUCCEEDED, Some(false)));
    assert_eq!(clean.step2_source_ref, Some(Digest::of(b"prose").to_string()));
    let traces = SearchEvidence { tool_traces: true, ..SearchEvidence::default() };
    let dirty = judged(&Answer { search: traces, ..answer("{\"a\":1}") });
    assert_eq!((outcome(&dirty), dirty.step2_tools_invoked), (failed("STEP2_TOOLS_INVOKED"), Some(true)));
    let moved = judged(&Answer { observed: Some(seen("other", None)), ..answer("{\"a\":1}") });
    assert_eq!(outcome(&moved), failed("MODEL_VERSION_MISMATCH"));
    assert_eq!(moved.observed, Some(seen("other", None)), "the answer that is not of the model asked for");
    let refused = judged(&Answer { finish: Finish::Refused { reason: "r".into() }, ..answer("") });
    assert_eq!((outcome(&refused), refused.step2_tools_invoked), (failed("PROVIDER_REFUSED"), Some(false)));
}

#[test]
fn every_sign_of_a_tool_in_a_reshaping_step_counts() {
    let template = strict();
    let schema = OutputSchema::of(&template).unwrap().unwrap();
    let citation = crate::citation::Citation {
        url_raw: "https://a.example/".into(),
        url: "https://a.example/".into(),
        title: None,
        domain: None,
        class: crate::citation::CitationClass::UrlContext,
        span: None,
    };
    let none = SearchEvidence::default;
    for search in [
        SearchEvidence { performed: true, ..none() },
        SearchEvidence { failed: true, ..none() },
        SearchEvidence { tool_traces: true, ..none() },
        SearchEvidence { has_sources: true, ..none() },
        SearchEvidence { queries: vec![String::new()], ..none() },
        SearchEvidence { citations: vec![citation], ..none() },
    ] {
        let reshaped = Answer { search, ..answer("{\"a\":1}") };
        let step2 = Some(Step2::Answered(&reshaped));
        let verdict = judge(&standard(&template, Some(&schema)), &answer("prose"), step2);
        assert_eq!(outcome(&verdict), failed("STEP2_TOOLS_INVOKED"), "{:?}", reshaped.search);
        assert!(verdict.output.is_some(), "kept for the operator");
    }
}

#[test]
fn a_reshaping_step_without_an_answer_leaves_the_facts_of_the_first() {
    let template = strict();
    let schema = OutputSchema::of(&template).unwrap().unwrap();
    let offence = Offence { code: ErrorCode::ProviderRejected, detail: "400".into() };
    let step2 = Some(Step2::Unanswered(&offence));
    let verdict = judge(&standard(&template, Some(&schema)), &answer("prose"), step2);
    assert_eq!(
        (outcome(&verdict), verdict.error_detail.as_deref()),
        (failed("PROVIDER_REJECTED"), Some("400"))
    );
    assert_eq!((verdict.output, verdict.step2_tools_invoked), (None, None));
    assert_eq!(verdict.step2_source_ref, Some(Digest::of(b"prose").to_string()));
    assert_eq!(verdict.observed, Some(seen(PINNED, None)));
}

#[test]
fn the_gravest_drift_of_both_steps_is_the_runs() {
    let template = strict();
    let schema = OutputSchema::of(&template).unwrap().unwrap();
    let lock = Lock { epoch: 1, observed: seen(PINNED, Some("fp_1")) };
    let by =
        |version, fingerprint| Answer { observed: Some(seen(version, fingerprint)), ..answer("{\"a\":1}") };
    let judged = |policy, answer: &Answer, step2: &Answer| {
        let standard =
            Standard { lock: Some(&lock), drift_policy: policy, ..standard(&template, Some(&schema)) };
        judge(&standard, answer, Some(Step2::Answered(step2)))
    };
    let (locked, other) = (by(PINNED, Some("fp_1")), by("other", None));
    let hard = judged(DriftPolicy::Hard, &locked, &other);
    assert_eq!((hard.status, hard.drift_kind), (RunStatus::Quarantined, Some(DriftKind::VersionChanged)));
    assert_eq!(hard.observed, other.observed);
    assert!(hard.error_detail.unwrap().ends_with(r#"answered "other""#));
    let both = judged(DriftPolicy::Fail, &by(PINNED, Some("fp_2")), &other);
    assert_eq!((both.status, both.drift_kind), (RunStatus::Failed, Some(DriftKind::VersionChanged)));
    let warned = judged(DriftPolicy::Warn, &locked, &other);
    assert_eq!((outcome(&warned), warned.drift_kind), (SUCCEEDED, Some(DriftKind::VersionChanged)));
}

#[test]
fn only_an_answer_that_stands_alone_is_worth_reshaping() {
    let template = strict();
    let lock = Lock { epoch: 1, observed: seen(PINNED, None) };
    let worth = |mode, policy, answer: &Answer| {
        let standard =
            Standard { lock: Some(&lock), mode, drift_policy: policy, ..standard(&template, None) };
        is_worth_reshaping(&standard, answer)
    };
    let (preferred, required) = (GroundingMode::Preferred, GroundingMode::Required);
    assert!(worth(preferred, DriftPolicy::Hard, &answer("prose, no JSON")));
    assert!(!worth(required, DriftPolicy::Hard, &answer("prose")), "without evidence");
    let other = Answer { observed: Some(seen("other", None)), ..answer("prose") };
    assert!(!worth(preferred, DriftPolicy::Hard, &other) && !worth(preferred, DriftPolicy::Fail, &other));
    assert!(worth(preferred, DriftPolicy::Warn, &other), "a kept result needs its output");
    for finish in [
        Finish::Refused { reason: String::new() },
        Finish::Incomplete { reason: String::new() },
        Finish::Empty,
    ] {
        assert!(!worth(preferred, DriftPolicy::Hard, &Answer { finish, ..answer("part") }));
    }
    assert!(!worth(preferred, DriftPolicy::Hard, &answer("")));
}

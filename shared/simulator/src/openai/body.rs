//! The bytes of an answer, in the vendor's full shape (providers-wire.md §1.6).

use std::fmt::Write as _;

use stet_domain::Json;

use super::answer::{Draft, Item, Mark};
use super::ask::Ask;
use crate::draw::Draw;
use crate::fields::{given, list, text, write_text};
use crate::scenario::Then;
use crate::search::Source;

/// The stream of draws for ids and times.
const IDS: u64 = 4;

/// No time of an answer lies before this, in seconds since 1970.
const EPOCH: u64 = 1_795_400_000;

/// Room for an ordinary answer, so that the body is written without growing.
const ORDINARY_BYTES: usize = 3_072;

struct Writer<'a> {
    out: String,
    ask: &'a Ask<'a>,
    ids: Draw,
}

/// Writes the body.
pub(super) fn write(ask: &Ask<'_>, draft: &Draft, then: &Then, draw: &Draw) -> String {
    let mut writer = Writer { out: String::with_capacity(ORDINARY_BYTES), ask, ids: draw.fork(IDS) };
    writer.head(draft);
    writer.settings_before_output(draft, then);
    writer.items(draft);
    writer.settings_after_output(draft, then);
    writer.usage(draft);
    writer.out
}

impl Writer<'_> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn text(&mut self, text: &str) {
        write_text(text, &mut self.out);
    }

    fn number(&mut self, number: impl std::fmt::Display) {
        write!(self.out, "{number}").expect("writing to a string never fails");
    }

    /// An id of the vendor's form: a prefix and 50 hexadecimal digits.
    fn id(&mut self, prefix: &str) {
        let (a, b, c, d) = (self.ids.next(), self.ids.next(), self.ids.next(), self.ids.next() & 0xff);
        self.number(format_args!("\"{prefix}_{a:016x}{b:016x}{c:016x}{d:02x}\""));
    }

    /// A request's own value, or what the service fills in.
    fn echo(&mut self, name: &str, default: &str) {
        match given(self.ask.document, name) {
            Some(value) => {
                let value = value.to_canonical_string();
                self.push(&value);
            }
            None => self.push(default),
        }
    }

    /// As [`Self::echo`], spelled as the vendor spells floats.
    fn echo_float(&mut self, name: &str, default: &str) {
        let Some(number) = given(self.ask.document, name).and_then(Json::as_number) else {
            return self.push(default);
        };
        self.push(number.as_str());
        if number.is_integer() {
            self.push(".0");
        }
    }

    fn head(&mut self, draft: &Draft) {
        self.push("{\"id\":");
        self.id("resp");
        let created = EPOCH + self.ids.between(0, 86_399);
        self.number(format_args!(
            ",\"object\":\"response\",\"created_at\":{created},\"status\":\"{}\",\"background\":{},\"billing\":{{\"payer\":\"developer\"}}",
            draft.status,
            draft.status == "queued"
        ));
        self.push(",\"completed_at\":");
        if draft.status == "completed" {
            let took = self.ids.between(1, 9);
            self.number(created + took);
        } else {
            self.push("null");
        }
        self.push(",\"error\":");
        match &draft.error {
            Some((code, message)) => {
                self.push("{\"code\":");
                self.text(code);
                self.push(",\"message\":");
                self.text(message);
                self.push("}");
            }
            None => self.push("null"),
        }
    }

    fn settings_before_output(&mut self, draft: &Draft, then: &Then) {
        self.push(",\"frequency_penalty\":0.0,\"incomplete_details\":");
        match draft.incomplete_reason {
            Some(reason) => self.number(format_args!("{{\"reason\":\"{reason}\"}}")),
            None => self.push("null"),
        }
        self.push(",\"instructions\":");
        self.echo("instructions", "null");
        self.push(",\"max_output_tokens\":");
        self.echo("max_output_tokens", "null");
        self.push(",\"max_tool_calls\":");
        self.echo("max_tool_calls", "null");
        self.push(",\"model\":");
        let version = then.model_version.as_deref().unwrap_or(self.ask.model.answers_as);
        self.text(version);
        if let Some(fingerprint) = &then.fingerprint {
            self.push(",\"system_fingerprint\":");
            self.text(fingerprint);
        }
        self.push(",\"moderation\":null,\"output\":[");
    }

    fn items(&mut self, draft: &Draft) {
        for (index, item) in draft.items.iter().enumerate() {
            if index > 0 {
                self.push(",");
            }
            self.push("{\"id\":");
            match item {
                Item::Reasoning => {
                    self.id("rs");
                    self.push(",\"type\":\"reasoning\",\"summary\":[]}");
                }
                Item::Search { status, query, sources } => self.search(status, query, sources),
                Item::OpenPage { url } => {
                    self.id("ws");
                    self.push(",\"type\":\"web_search_call\",\"status\":\"completed\",\"action\":{\"type\":\"open_page\",\"url\":");
                    self.text(url);
                    self.push("}}");
                }
                Item::Text { status, text, marks } => {
                    self.message(status);
                    self.push("{\"type\":\"output_text\",\"annotations\":[");
                    self.marks(marks);
                    self.push("],\"logprobs\":[],\"text\":");
                    self.text(text);
                    self.push("}]}");
                }
                Item::FunctionCall { query } => self.function_call(query),
                Item::CodeCall => self.code_call(),
                Item::Refusal { words } => {
                    self.message("completed");
                    self.push("{\"type\":\"refusal\",\"refusal\":");
                    self.text(words);
                    self.push("}]}");
                }
            }
        }
        self.push("]");
    }

    fn search(&mut self, status: &str, query: &str, sources: &[Source]) {
        self.id("ws");
        self.number(format_args!(",\"type\":\"web_search_call\",\"status\":\"{status}\",\"action\":{{"));
        self.push("\"type\":\"search\",\"queries\":[");
        self.text(query);
        self.push("],\"query\":");
        self.text(query);
        if self.tells_sources() {
            self.push(",\"sources\":[");
            for (at, source) in sources.iter().enumerate() {
                self.push(if at > 0 { ",{\"type\":\"url\",\"url\":" } else { "{\"type\":\"url\",\"url\":" });
                self.text(&source.url);
                self.push("}");
            }
            self.push("]");
        }
        self.push("}}");
    }

    fn function_call(&mut self, query: &str) {
        self.id("fc");
        self.push(",\"type\":\"function_call\",\"status\":\"completed\",\"call_id\":");
        self.id("call");
        self.push(",\"name\":\"search\",\"arguments\":");
        let mut arguments = "{\"query\":".to_owned();
        write_text(query, &mut arguments);
        arguments.push('}');
        self.text(&arguments);
        self.push("}");
    }

    fn code_call(&mut self) {
        self.id("ci");
        self.push(",\"type\":\"code_interpreter_call\",\"status\":\"completed\",\"container_id\":");
        self.id("cntr");
        self.push(",\"code\":\"print(19)\",\"outputs\":null}");
    }

    fn message(&mut self, status: &str) {
        self.id("msg");
        self.number(format_args!(",\"type\":\"message\",\"status\":\"{status}\","));
        if self.ask.family.phases {
            self.push("\"phase\":\"final_answer\",");
        }
        self.push("\"role\":\"assistant\",\"content\":[");
    }

    fn marks(&mut self, marks: &[Mark]) {
        for (at, mark) in marks.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let Mark { start, end, .. } = mark;
            self.number(format_args!(
                "{comma}{{\"type\":\"url_citation\",\"end_index\":{end},\"start_index\":{start},\"title\":"
            ));
            self.text(&mark.source.title);
            self.push(",\"url\":");
            let url = format!("{}?utm_source=openai", mark.source.url);
            self.text(&url);
            self.push("}");
        }
    }

    fn tells_sources(&self) -> bool {
        list(self.ask.document, "include")
            .iter()
            .any(|name| name.as_str() == Some("web_search_call.action.sources"))
    }

    fn settings_after_output(&mut self, draft: &Draft, then: &Then) {
        self.push(",\"parallel_tool_calls\":");
        self.echo("parallel_tool_calls", "true");
        self.push(",\"presence_penalty\":0.0,\"previous_response_id\":null,\"prompt_cache_key\":");
        self.echo("prompt_cache_key", "null");
        self.push(",\"prompt_cache_retention\":\"24h\",\"reasoning\":");
        if self.ask.family.phases {
            let effort = self.ask.effort;
            self.number(format_args!(
                "{{\"context\":\"current_turn\",\"effort\":\"{effort}\",\"mode\":\"standard\",\"summary\":null}}"
            ));
        } else if self.ask.effort == "none" {
            self.push("{\"effort\":null,\"summary\":null}");
        } else {
            let effort = self.ask.effort;
            self.number(format_args!("{{\"effort\":\"{effort}\",\"summary\":null}}"));
        }
        self.push(",\"safety_identifier\":null,\"service_tier\":");
        self.text(then.service_tier.as_deref().unwrap_or("default"));
        self.push(",\"store\":");
        self.echo("store", "true");
        self.push(",\"temperature\":");
        self.echo_float("temperature", "1.0");
        self.push(",\"text\":");
        self.format();
        self.push(",\"tool_choice\":");
        self.echo("tool_choice", "\"auto\"");
        self.push(
            ",\"tool_usage\":{\"image_gen\":{\"input_tokens\":0,\"output_tokens\":0,\"total_tokens\":0},",
        );
        self.number(format_args!("\"web_search\":{{\"num_requests\":{}}}}},\"tools\":[", draft.searches));
        self.tools();
        self.push("],\"top_logprobs\":0,\"top_p\":");
        self.echo_float("top_p", then.top_p.as_deref().unwrap_or(self.ask.family.default_top_p));
        self.push(",\"truncation\":");
        self.echo("truncation", "\"disabled\"");
    }

    fn format(&mut self) {
        let asked = given(self.ask.document, "text");
        self.push("{\"format\":");
        match asked.and_then(|text| given(text, "format")) {
            Some(format) => {
                let format = format.to_canonical_string();
                self.push(&format);
            }
            None => self.push("{\"type\":\"text\"}"),
        }
        self.push(",\"verbosity\":");
        self.text(asked.and_then(|asked| text(asked, "verbosity")).unwrap_or("medium"));
        self.push("}");
    }

    /// The offered tools with everything that the service fills in.
    fn tools(&mut self) {
        for (index, tool) in list(self.ask.document, "tools").iter().enumerate() {
            self.push(if index > 0 { ",{\"type\":" } else { "{\"type\":" });
            self.text(text(tool, "type").unwrap_or_default());
            self.push(",\"filters\":");
            let filters = given(tool, "filters").map_or_else(|| "null".to_owned(), Json::to_canonical_string);
            self.push(&filters);
            self.push(",\"return_token_budget\":\"default\",\"search_content_types\":[\"text\"],\"search_context_size\":");
            self.text(text(tool, "search_context_size").unwrap_or("medium"));
            self.push(",\"user_location\":{\"type\":\"approximate\"");
            let location = given(tool, "user_location");
            for part in ["city", "country", "region", "timezone"] {
                self.number(format_args!(",\"{part}\":"));
                match location.map(|location| text(location, part)) {
                    Some(Some(value)) => self.text(value),
                    None if part == "country" => self.push("\"US\""),
                    Some(None) | None => self.push("null"),
                }
            }
            self.push("}}");
        }
    }

    fn usage(&mut self, draft: &Draft) {
        self.push(",\"usage\":");
        if draft.counted {
            let Draft { input_tokens, output_tokens, reasoning_tokens, .. } = draft;
            let total = input_tokens + output_tokens;
            self.number(format_args!(
                "{{\"input_tokens\":{input_tokens},\"input_tokens_details\":{{\"cache_write_tokens\":0,\"cached_tokens\":0}},\
                 \"output_tokens\":{output_tokens},\"output_tokens_details\":{{\"reasoning_tokens\":{reasoning_tokens}}},\
                 \"total_tokens\":{total}}}"
            ));
        } else {
            self.push("null");
        }
        self.push(",\"user\":null,\"metadata\":");
        self.echo("metadata", "{}");
        self.push("}");
    }
}

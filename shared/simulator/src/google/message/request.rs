//! The messages of a generation request: data (providers-wire.md §2.2).

use super::Surface::{Developer, Vertex};
use super::{Kind, Message, field, only};

const TEXTS: Kind = Kind::List(&Kind::Text);

static EMPTY: Message = Message { fields: &[] };

/// The whole request.
pub(super) static REQUEST: Message = Message {
    fields: &[
        field("contents", Kind::List(&Kind::Message(&CONTENT))),
        field("systemInstruction", Kind::Message(&CONTENT)),
        field("tools", Kind::List(&Kind::Message(&TOOL))),
        field("toolConfig", Kind::Message(&TOOL_CONFIG)),
        field("safetySettings", Kind::List(&Kind::Message(&SAFETY))),
        field("generationConfig", Kind::Message(&GENERATION)),
        field("cachedContent", Kind::Text),
        field("labels", Kind::Map(&Kind::Text)),
        field("serviceTier", Kind::Text),
        // The path names the model; a body may repeat it.
        field("model", Kind::Text),
        only(Developer, "store", Kind::Flag),
        only(Vertex, "modelArmorConfig", Kind::Any),
    ],
};

static CONTENT: Message =
    Message { fields: &[field("role", Kind::Text), field("parts", Kind::List(&Kind::Message(&PART)))] };

static PART: Message = Message {
    fields: &[
        field("text", Kind::Text),
        field("thought", Kind::Flag),
        field("thoughtSignature", Kind::Text),
        field("inlineData", Kind::Any),
        field("fileData", Kind::Any),
        field("functionCall", Kind::Any),
        field("functionResponse", Kind::Any),
        field("executableCode", Kind::Any),
        field("codeExecutionResult", Kind::Any),
        field("videoMetadata", Kind::Any),
        field("mediaResolution", Kind::Any),
        field("toolCall", Kind::Any),
        field("toolResponse", Kind::Any),
    ],
};

static TOOL: Message = Message {
    fields: &[
        field("googleSearch", Kind::Message(&GOOGLE_SEARCH)),
        field("googleSearchRetrieval", Kind::Any),
        field("functionDeclarations", Kind::List(&Kind::Any)),
        field("codeExecution", Kind::Message(&EMPTY)),
        field("urlContext", Kind::Message(&EMPTY)),
        field("googleMaps", Kind::Any),
        only(Developer, "fileSearch", Kind::Any),
        field("computerUse", Kind::Any),
        only(Vertex, "enterpriseWebSearch", Kind::Any),
        only(Vertex, "parallelAiSearch", Kind::Any),
        only(Vertex, "exaAiSearch", Kind::Any),
        only(Vertex, "retrieval", Kind::Any),
    ],
};

static GOOGLE_SEARCH: Message = Message {
    fields: &[
        field("searchTypes", Kind::Message(&SEARCH_TYPES)),
        only(Developer, "timeRangeFilter", Kind::Message(&TIME_RANGE)),
        only(Vertex, "excludeDomains", TEXTS),
        only(Vertex, "blockingConfidence", Kind::Text),
    ],
};

static SEARCH_TYPES: Message = Message {
    fields: &[field("webSearch", Kind::Message(&EMPTY)), field("imageSearch", Kind::Message(&EMPTY))],
};

static TIME_RANGE: Message =
    Message { fields: &[field("startTime", Kind::Text), field("endTime", Kind::Text)] };

static TOOL_CONFIG: Message = Message {
    fields: &[
        field("functionCallingConfig", Kind::Any),
        field("retrievalConfig", Kind::Message(&RETRIEVAL)),
        only(Developer, "includeServerSideToolInvocations", Kind::Flag),
    ],
};

static RETRIEVAL: Message =
    Message { fields: &[field("latLng", Kind::Message(&LAT_LNG)), field("languageCode", Kind::Text)] };

static LAT_LNG: Message =
    Message { fields: &[field("latitude", Kind::Float), field("longitude", Kind::Float)] };

static SAFETY: Message = Message {
    fields: &[
        field("category", Kind::Text),
        field("threshold", Kind::Text),
        only(Vertex, "method", Kind::Text),
    ],
};

static GENERATION: Message = Message {
    fields: &[
        field("temperature", Kind::Float),
        field("topP", Kind::Float),
        field("topK", Kind::Float),
        field("candidateCount", Kind::Whole),
        field("maxOutputTokens", Kind::Whole),
        field("stopSequences", TEXTS),
        field("seed", Kind::Whole),
        field("presencePenalty", Kind::Float),
        field("frequencyPenalty", Kind::Float),
        field("responseMimeType", Kind::Text),
        field("responseSchema", Kind::Message(&SCHEMA)),
        field("responseJsonSchema", Kind::Any),
        field("responseFormat", Kind::List(&Kind::Any)),
        field("responseModalities", TEXTS),
        field("responseLogprobs", Kind::Flag),
        field("logprobs", Kind::Whole),
        field("mediaResolution", Kind::Text),
        field("speechConfig", Kind::Any),
        field("imageConfig", Kind::Any),
        field("thinkingConfig", Kind::Message(&THINKING)),
        only(Developer, "enableEnhancedCivicAnswers", Kind::Flag),
        only(Vertex, "audioTimestamp", Kind::Flag),
        only(Vertex, "routingConfig", Kind::Any),
    ],
};

const LEVEL: &str = "type.googleapis.com/google.ai.generativelanguage.v1beta.ThinkingConfig.ThinkingLevel";

static THINKING: Message = Message {
    fields: &[
        field("includeThoughts", Kind::Flag),
        field("thinkingBudget", Kind::Whole),
        field("thinkingLevel", Kind::Choice(LEVEL, &["MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH"])),
    ],
};

/// Google's dialect of schemas, a part of OpenAPI's.
static SCHEMA: Message = Message {
    fields: &[
        field(
            "type",
            Kind::Choice(
                "type.googleapis.com/google.ai.generativelanguage.v1beta.Type",
                &[
                    "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL", "string", "number",
                    "integer", "boolean", "array", "object", "null",
                ],
            ),
        ),
        field("format", Kind::Text),
        field("title", Kind::Text),
        field("description", Kind::Text),
        field("nullable", Kind::Flag),
        field("default", Kind::Any),
        field("example", Kind::Any),
        field("enum", TEXTS),
        field("items", Kind::Message(&SCHEMA)),
        field("minItems", Kind::Long),
        field("maxItems", Kind::Long),
        field("properties", Kind::Map(&Kind::Message(&SCHEMA))),
        field("propertyOrdering", TEXTS),
        field("required", TEXTS),
        field("minProperties", Kind::Long),
        field("maxProperties", Kind::Long),
        field("minimum", Kind::Float),
        field("maximum", Kind::Float),
        field("minLength", Kind::Long),
        field("maxLength", Kind::Long),
        field("pattern", Kind::Text),
        field("anyOf", Kind::List(&Kind::Message(&SCHEMA))),
        only(Vertex, "additionalProperties", Kind::Any),
        only(Vertex, "ref", Kind::Text),
        only(Vertex, "defs", Kind::Map(&Kind::Message(&SCHEMA))),
    ],
};

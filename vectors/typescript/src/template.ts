import { Fields, identifier, integer, number, sequence, set, truth, verbatim, word, type Reader } from "./field.js";
import { parseJson, writeJson, type Json, type JsonObject } from "./json.js";
import { JsonNumber } from "./number.js";
import { splitPlaceholders } from "./placeholder.js";
import { Refusal } from "./refusal.js";
import { Refusals } from "./refusals.js";
import { canonicalSchema } from "./schema.js";
import { declaredNames, inputs } from "./template-input.js";
import { asciiLower } from "./text.js";
import { encodeUtf8 } from "./utf8.js";

/** Bytes a template may have, submitted or canonical (decisions/0001). */
const MAX_TEMPLATE_BYTES = 262_144;
/** Brackets of the template that are open around the schema. */
const AROUND_SCHEMA = 2;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const NAME = { min: 1, max: 200 };
const SHORT_NAME = { min: 1, max: 32 };
const LINE = { min: 1, max: 1000 };
const FIELDS = [
  ["provider", "model_version_constraint", "model_fingerprint_allowlist", "messages", "inputs", "generation", "output"],
  ["grounding", "grounded_json_two_step", "canary", "als", "spec"],
].flat();

/** The canonical text of a template's `config` (canonical.md §4); the first refusal is thrown. */
export function canonicalTemplate(bytes: Uint8Array): string {
  if (bytes.length > MAX_TEMPLATE_BYTES) throw templateTooLarge();
  const refusals = new Refusals();
  const config = readConfig(parseJson(bytes), refusals);
  refusals.throwFirst();
  const text = writeJson(config);
  if (encodeUtf8(text).length > MAX_TEMPLATE_BYTES) throw templateTooLarge();
  return text;
}

/** Reads the fields in the order of the table, so that refusals come in that order too. */
function readConfig(submitted: Json, refusals: Refusals): JsonObject {
  const config: JsonObject = new Map();
  const fields = Fields.open(submitted, FIELDS, "", refusals);
  if (fields === undefined) return config;
  const provider = fields.required("provider", providerName);
  config.set("provider", provider ?? null);
  config.set("model_version_constraint", fields.required("model_version_constraint", identifier(NAME)) ?? null);
  config.set("model_fingerprint_allowlist", fields.optional("model_fingerprint_allowlist", set({ min: 0, max: 64 }, verbatim(NAME)), []));
  config.set("messages", fields.required("messages", messages(declaredNames(fields.raw("inputs")))) ?? null);
  config.set("inputs", fields.optional("inputs", inputs, new Map()));
  config.set("generation", generation(fields.raw("generation"), fields.at("generation"), refusals));
  config.set("output", output(fields.raw("output"), fields.at("output"), refusals));
  config.set("grounding", grounding(fields.raw("grounding"), fields.at("grounding"), refusals));
  config.set("grounded_json_two_step", fields.optional("grounded_json_two_step", twoStep(provider), provider !== "openai"));
  config.set("canary", fields.optional("canary", sequence({ min: 1, max: 5 }, verbatim(LINE))));
  config.set("als", fields.optional("als", als));
  config.set("spec", fields.optional("spec", specVersion, JsonNumber.read("1")));
  return config;
}

const providerName: Reader<string> = (value, pointer, refusals) => {
  const name = identifier({ min: 1, max: Infinity })(value, pointer, refusals);
  return name === undefined ? undefined : word("openai", "gemini", "vertex")(asciiLower(name), pointer, refusals);
};

const specVersion: Reader<JsonNumber> = (value, pointer, refusals) =>
  value instanceof JsonNumber && value.text === "1" ? value : refusals.add("VALUE_NOT_ALLOWED", "the number 1", pointer);

function twoStep(provider: string | undefined): Reader<boolean> {
  return (value, pointer, refusals) => {
    if (value === true && provider === "openai") return refusals.add("VALUE_NOT_ALLOWED", "not with openai", pointer);
    return truth(value, pointer, refusals);
  };
}

/** The conversation: system messages first, at least one other message, placeholders declared. */
function messages(declared: ReadonlySet<string>): Reader<Json[]> {
  return (value, pointer, refusals) => {
    let conversing = false;
    const read: Reader = (member, place) => {
      const isSystem = member instanceof Map && member.get("role") === "system";
      conversing ||= !isSystem;
      return message(member, place, conversing && isSystem, declared, refusals);
    };
    const members = sequence({ min: 1, max: 64 }, read)(value, pointer, refusals);
    return members !== undefined && !conversing ? refusals.add("EMPTY", "only system messages", pointer) : members;
  };
}

function message(value: Json, pointer: string, late: boolean, declared: ReadonlySet<string>, refusals: Refusals): Json | undefined {
  const fields = Fields.open(value, ["role", "content"], pointer, refusals);
  if (fields === undefined) return undefined;
  const role = fields.required("role", word("system", "user", "assistant"));
  if (late) refusals.add("VALUE_NOT_ALLOWED", "a system message after another", fields.at("role"));
  const content = fields.required("content", identifier({ min: 1, max: Infinity }));
  if (content !== undefined) refusals.catch(() => checkPlaceholders(content, declared, fields.at("content")));
  return new Map<string, Json>([
    ["role", role ?? null],
    ["content", content ?? null],
  ]);
}

function checkPlaceholders(content: string, declared: ReadonlySet<string>, pointer: string): void {
  for (const segment of splitPlaceholders(content, { pointer })) {
    if ("input" in segment && !declared.has(segment.input)) {
      throw new Refusal("INPUT_UNDECLARED", `${segment.input} is not in inputs`, { pointer });
    }
  }
}

function generation(value: Json | undefined, pointer: string, refusals: Refusals): Json {
  const names = ["temperature", "top_p", "seed", "max_output_tokens", "reasoning_effort", "stop"];
  const fields = Fields.open(value, names, pointer, refusals);
  if (fields === undefined) return null;
  const effort = word("none", "minimal", "low", "medium", "high", "xhigh", "max");
  return new Map<string, Json>([
    ["temperature", fields.optional("temperature", number(0n, 2n))],
    ["top_p", fields.optional("top_p", number(0n, 1n))],
    ["seed", fields.optional("seed", integer(INT64_MIN, INT64_MAX))],
    ["max_output_tokens", fields.optional("max_output_tokens", integer(1n, 1_000_000n))],
    ["reasoning_effort", fields.optional("reasoning_effort", effort)],
    ["stop", fields.optional("stop", sequence({ min: 0, max: 16 }, verbatim(NAME)), [])],
  ]);
}

function output(value: Json | undefined, pointer: string, refusals: Refusals): Json {
  const text: JsonObject = new Map([["format", "text"]]);
  if (value === undefined) return text;
  const fields = Fields.open(value, ["format", "schema", "strict"], pointer, refusals);
  if (fields === undefined) return null;
  const format = fields.required("format", word("text", "json"));
  if (format === "text") {
    for (const name of ["schema", "strict"]) {
      if (fields.raw(name) !== undefined) refusals.add("UNKNOWN_FIELD", "no field of a text output", fields.at(name));
    }
    return text;
  }
  const submitted = fields.raw("schema");
  const schema = submitted === undefined ? undefined : refusals.catch(() => canonicalSchema(submitted, fields.at("schema"), AROUND_SCHEMA));
  const strict = fields.optional("strict", truth, submitted !== undefined);
  if (strict === true && submitted === undefined) refusals.add("MISSING_FIELD", "strict needs a schema", fields.at("schema"));
  return new Map<string, Json>([
    ["format", format ?? null],
    ["schema", schema ?? null],
    ["strict", strict],
  ]);
}

function grounding(value: Json | undefined, pointer: string, refusals: Refusals): Json {
  const fields = Fields.open(value, ["provoker", "search_context_size", "allowed_domains"], pointer, refusals);
  if (fields === undefined) return null;
  return new Map<string, Json>([
    ["provoker", fields.optional("provoker", oneLine)],
    ["search_context_size", fields.optional("search_context_size", word("low", "medium", "high"))],
    ["allowed_domains", fields.optional("allowed_domains", set({ min: 0, max: 100 }, verbatim({ min: 1, max: 253 })), [])],
  ]);
}

const oneLine: Reader<string> = (value, pointer, refusals) => {
  if (typeof value === "string" && /[\n\r]/.test(value)) return refusals.add("VALUE_NOT_ALLOWED", "one line only", pointer);
  return verbatim(LINE)(value, pointer, refusals);
};

const als: Reader<JsonObject> = (value, pointer, refusals) => {
  const fields = Fields.open(value, ["template_id", "catalog", "seed_key_id"], pointer, refusals);
  return (
    fields &&
    new Map<string, Json>([
      ["template_id", fields.required("template_id", identifier(NAME)) ?? null],
      ["catalog", fields.required("catalog", identifier(SHORT_NAME)) ?? null],
      ["seed_key_id", fields.required("seed_key_id", identifier(SHORT_NAME)) ?? null],
    ])
  );
};

function templateTooLarge(): Refusal {
  return new Refusal("TEMPLATE_TOO_LARGE", `more than ${MAX_TEMPLATE_BYTES} bytes`, { pointer: "" });
}

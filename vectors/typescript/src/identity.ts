import { type Json, type JsonObject } from "./json.js";
import { sortSet } from "./order.js";
import { Refusal } from "./refusal.js";
import { resolveInputs } from "./submitted-input.js";

const BATCH = ["template_sha256", "locales", "grounding_modes", "replicates", "inputs_sha256", "drift_policy"];
const PLAN = ["batch_sha256", "cells", "als_catalog_sha256"];
const RUN = [
  ["template_sha256", "inputs_sha256", "provider", "provider_api", "provider_api_version", "region"],
  ["model_version_effective", "model_fingerprint", "lock_version", "drift_kind", "locale_selected", "locale_index"],
  ["grounding_mode", "search_performed", "grounded_effective", "why_not_grounded", "citations_sha256"],
  ["replicate_index", "seed_key_id", "als_block_text", "als_block_sha256", "als_variant_id", "provoker_value"],
  ["response_output_sha256", "output_json_valid", "json_from_last_message", "step2_tools_invoked", "step2_source_ref"],
  ["status", "error_code"],
].flat();
const CITATION = ["domain", "title", "url"];
const MODES = ["UNGROUNDED", "PREFERRED", "REQUIRED"];

/** What `batch_sha256` covers (canonical.md §5): locales are a set, grounding modes stand in their fixed order. */
export function batchIdentity(facts: JsonObject): JsonObject {
  const identity = exactly(BATCH, facts);
  const locales = identity.get("locales");
  if (Array.isArray(locales)) identity.set("locales", sortSet(locales));
  const modes = identity.get("grounding_modes");
  if (Array.isArray(modes)) identity.set("grounding_modes", inModeOrder(modes));
  return identity;
}

/** What `plan_sha256` covers. */
export function planIdentity(facts: JsonObject): JsonObject {
  return exactly(PLAN, facts);
}

/** What `run_sha256` covers. */
export function runIdentity(facts: JsonObject): JsonObject {
  return exactly(RUN, facts);
}

/** What `citations_sha256` covers: the citations in order. */
export function citationsIdentity(citations: readonly Json[]): Json[] {
  return citations.map((citation) => {
    if (!(citation instanceof Map)) throw new Refusal("WRONG_TYPE", "a citation is an object");
    return exactly(CITATION, citation);
  });
}

/** What `inputs_sha256` covers: the values of a submission, and the defaults of the inputs it leaves out. */
export function inputsIdentity(declared: JsonObject, values: Json): JsonObject {
  return resolveInputs(declared, values);
}

/** The facts under exactly these keys; an absent one is null, an unknown one is refused. */
function exactly(keys: readonly string[], facts: JsonObject): JsonObject {
  for (const key of facts.keys()) {
    if (!keys.includes(key)) throw new Refusal("UNKNOWN_FIELD", `${key} has no part in this identity`);
  }
  return new Map(keys.map((key) => [key, facts.get(key) ?? null]));
}

function inModeOrder(modes: readonly Json[]): Json[] {
  const unknown = modes.find((mode) => typeof mode !== "string" || !MODES.includes(mode));
  if (unknown !== undefined) throw new Refusal("VALUE_NOT_ALLOWED", `one of ${MODES.join(", ")}`);
  return MODES.filter((mode) => modes.includes(mode));
}

import { type Json, type JsonObject } from "./json.js";
import { JsonNumber } from "./number.js";
import { pointerTo } from "./refusal.js";
import { Refusals } from "./refusals.js";
import { checkBounds, typed } from "./template-input.js";

const POINTER = "/inputs";

/**
 * Every declared input's value, defaults filled in, null counting as absent; the first refusal is thrown.
 * `declared` is the `inputs` of a canonical template.
 */
export function resolveInputs(declared: JsonObject, submitted: Json): JsonObject {
  const refusals = new Refusals();
  const values: JsonObject = submitted === null ? new Map() : asObject(submitted, refusals);
  const resolved: JsonObject = new Map();
  for (const name of values.keys()) {
    if (!declared.has(name)) refusals.add("INPUT_UNDECLARED", "the template declares no such input", pointerTo(POINTER, name));
  }
  for (const [name, declaration] of declared) {
    if (!(declaration instanceof Map)) throw new TypeError("a declaration is an object");
    const value = resolveInput(declaration, values.get(name) ?? null, pointerTo(POINTER, name), refusals);
    if (value !== undefined) resolved.set(name, value);
  }
  refusals.throwFirst();
  return resolved;
}

function resolveInput(declaration: JsonObject, value: Json, pointer: string, refusals: Refusals): Json | undefined {
  if (value === null) return declaration.get("default") ?? refusals.add("INPUT_MISSING", "the input has no default", pointer);
  const accepted = typed(String(declaration.get("type")))(value, pointer, refusals);
  if (accepted === undefined) return undefined;
  const maxLength = declaration.get("max_length");
  const allowed = declaration.get("enum");
  checkBounds(
    accepted,
    maxLength instanceof JsonNumber ? maxLength : null,
    Array.isArray(allowed) ? allowed : null,
    pointer,
    refusals,
  );
  return accepted;
}

function asObject(submitted: Json, refusals: Refusals): JsonObject {
  if (submitted instanceof Map) return submitted;
  refusals.add("WRONG_TYPE", "an object must stand here", POINTER);
  return new Map();
}

import { Fields, integer, sequence, truth, verbatim, word, type Reader } from "./field.js";
import { writeJson, type Json, type JsonObject } from "./json.js";
import { JsonNumber } from "./number.js";
import { codePoints, pointerTo } from "./refusal.js";
import type { Refusals } from "./refusals.js";
import { trimIdentifier } from "./text.js";

const MAX_INPUTS = 64;
const MAX_ENUM = 256;
const MAX_LENGTH = 65_536n;
const NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** The `inputs` of a template: name → declaration. */
export const inputs: Reader<JsonObject> = (value, pointer, refusals) => {
  if (!(value instanceof Map)) return refusals.add("WRONG_TYPE", "an object must stand here", pointer);
  if (value.size > MAX_INPUTS) return refusals.add("TOO_MANY", `${value.size}, at most ${MAX_INPUTS}`, pointer);
  const declared: JsonObject = new Map();
  for (const [submitted, declaration] of value) {
    const place = pointerTo(pointer, submitted);
    const name = trimIdentifier(submitted);
    if (!NAME.test(name)) refusals.add("VALUE_NOT_ALLOWED", "not an input's name", place);
    else if (declared.has(name)) refusals.add("JSON_DUPLICATE_KEY", "the name stands twice after trimming", place);
    declared.set(name, input(declaration, place, refusals) ?? null);
  }
  return declared;
};

/** The names that `inputs` declares, whether or not their declarations hold. */
export function declaredNames(value: Json | undefined): ReadonlySet<string> {
  return new Set(value instanceof Map ? [...value.keys()].map(trimIdentifier) : []);
}

function input(value: Json, pointer: string, refusals: Refusals): JsonObject | undefined {
  const fields = Fields.open(value, ["type", "max_length", "enum", "default"], pointer, refusals);
  if (fields === undefined) return undefined;
  const type = fields.required("type", word("string", "number", "integer", "boolean"));
  const maxLength = fields.optional("max_length", integer(1n, MAX_LENGTH));
  if (type !== undefined && type !== "string" && fields.raw("max_length") !== undefined) {
    refusals.add("VALUE_NOT_ALLOWED", "only a string has a max_length", fields.at("max_length"));
  }
  const ofType = type === undefined ? undefined : typed(type);
  const allowed = ofType && fields.optional("enum", sequence({ min: 1, max: MAX_ENUM }, ofType));
  const standing = ofType && fields.optional("default", ofType);
  if (standing !== undefined && standing !== null) {
    checkBounds(standing, maxLength, allowed ?? null, fields.at("default"), refusals);
  }
  return new Map<string, Json>([
    ["type", type ?? null],
    ["max_length", maxLength],
    ["enum", allowed ?? null],
    ["default", standing ?? null],
  ]);
}

/** Holds a value of an input's type to the input's `max_length` and `enum`. */
export function checkBounds(value: Json, maxLength: JsonNumber | null, allowed: Json[] | null, pointer: string, refusals: Refusals): void {
  if (typeof value === "string" && maxLength !== null && codePoints(value) > Number(maxLength.text)) {
    refusals.add("TOO_LONG", `more than ${maxLength.text} code points`, pointer);
  }
  if (allowed !== null && !allowed.some((member) => writeJson(member) === writeJson(value))) {
    refusals.add("VALUE_NOT_ALLOWED", "not one of enum", pointer);
  }
}

/** A value of an input's type: strings verbatim, numbers as canonical.md §1. */
export function typed(type: string): Reader {
  if (type === "string") return verbatim({ min: 0, max: Infinity });
  if (type === "boolean") return truth;
  return (value, pointer, refusals) => {
    const fits = value instanceof JsonNumber && (type === "number" || value.isInteger);
    return fits ? value : refusals.add("WRONG_TYPE", `a value of type ${type} must stand here`, pointer);
  };
}

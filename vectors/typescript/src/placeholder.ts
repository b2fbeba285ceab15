import { JsonNumber } from "./number.js";
import { Refusal, type Place } from "./refusal.js";
import type { Json } from "./json.js";

/** One part of a message's content: text as it stands, or an input's name. */
export type Segment = { readonly literal: string } | { readonly input: string };

/**
 * Splits content at its placeholders, left to right; a `{{` that is none is PLACEHOLDER_INVALID (decisions/0001).
 * The segments come one by one, so that the first offence from the left decides, whoever finds it.
 */
export function* splitPlaceholders(content: string, place?: Place): Generator<Segment> {
  let at = 0;
  for (let open = content.indexOf("{{"); open !== -1; open = content.indexOf("{{", at)) {
    yield { literal: content.slice(at, open) };
    if (content.startsWith("{{{{", open)) {
      yield { literal: "{{" };
      at = open + 4;
      continue;
    }
    const pattern = /\{\{([a-z][a-z0-9_]*)\}\}/y;
    pattern.lastIndex = open;
    const name = pattern.exec(content)?.[1];
    if (name === undefined) throw new Refusal("PLACEHOLDER_INVALID", "{{ opens no placeholder", place);
    yield { input: name };
    at = pattern.lastIndex;
  }
  yield { literal: content.slice(at) };
}

/** Content with its values put in once and literally (canonical.md §4); INPUT_UNDECLARED for a name without a value. */
export function fillPlaceholders(content: string, values: ReadonlyMap<string, Json>): string {
  let filled = "";
  for (const segment of splitPlaceholders(content)) {
    filled += "literal" in segment ? segment.literal : spell(segment.input, values.get(segment.input));
  }
  return filled;
}

function spell(name: string, value: Json | undefined): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (value instanceof JsonNumber) return value.text;
  throw new Refusal(value === undefined ? "INPUT_UNDECLARED" : "WRONG_TYPE", `no value to put in for ${name}`);
}

import { JsonNumber } from "./number.js";
import { Refusal, type Place } from "./refusal.js";
import type { Json } from "./json.js";

/** One part of a message's content: text as it stands, or an input's name. */
export type Segment = { readonly literal: string } | { readonly input: string };

/** Splits content at its placeholders, left to right; a `{{` that is none is PLACEHOLDER_INVALID (decisions/0001). */
export function splitPlaceholders(content: string, place?: Place): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (let open = content.indexOf("{{"); open !== -1; open = content.indexOf("{{", at)) {
    segments.push({ literal: content.slice(at, open) });
    if (content.startsWith("{{{{", open)) {
      segments.push({ literal: "{{" });
      at = open + 4;
      continue;
    }
    const pattern = /\{\{([a-z][a-z0-9_]*)\}\}/y;
    pattern.lastIndex = open;
    const name = pattern.exec(content)?.[1];
    if (name === undefined) throw new Refusal("PLACEHOLDER_INVALID", "{{ opens no placeholder", place);
    segments.push({ input: name });
    at = pattern.lastIndex;
  }
  segments.push({ literal: content.slice(at) });
  return segments;
}

/** Content with its values put in once and literally (canonical.md §4); INPUT_UNDECLARED for a name without a value. */
export function fillPlaceholders(content: string, values: ReadonlyMap<string, Json>): string {
  return splitPlaceholders(content)
    .map((segment) => ("literal" in segment ? segment.literal : spell(segment.input, values.get(segment.input))))
    .join("");
}

function spell(name: string, value: Json | undefined): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (value instanceof JsonNumber) return value.text;
  throw new Refusal(value === undefined ? "INPUT_UNDECLARED" : "WRONG_TYPE", `no value to put in for ${name}`);
}

/** What a keyword's value is, at a schema position (decisions/0001, JSON Schema). */
export type KeywordKind = "schema" | "schema list" | "schema set" | "schema bag" | "schema map" | "set" | "set map" | "verbatim";

const KINDS: ReadonlyMap<string, KeywordKind> = new Map<string, KeywordKind>([
  ["items", "schema"],
  ["contains", "schema"],
  ["additionalProperties", "schema"],
  ["unevaluatedItems", "schema"],
  ["unevaluatedProperties", "schema"],
  ["propertyNames", "schema"],
  ["not", "schema"],
  ["if", "schema"],
  ["then", "schema"],
  ["else", "schema"],
  ["contentSchema", "schema"],
  ["prefixItems", "schema list"],
  ["allOf", "schema set"],
  ["anyOf", "schema set"],
  ["oneOf", "schema bag"],
  ["properties", "schema map"],
  ["patternProperties", "schema map"],
  ["dependentSchemas", "schema map"],
  ["$defs", "schema map"],
  ["required", "set"],
  ["enum", "set"],
  ["type", "set"],
  ["dependentRequired", "set map"],
]);

/** The kind of a keyword; unknown keywords are annotations, kept verbatim. */
export function keywordKind(keyword: string): KeywordKind {
  return KINDS.get(keyword) ?? "verbatim";
}

/** Keywords that are gone once references are resolved; `$id` only ever stands at the root. */
export const DROPPED: ReadonlySet<string> = new Set(["$schema", "$id", "$anchor", "$comment", "$defs"]);

/** Annotations that may stand beside a `$ref`. */
export const REF_ANNOTATIONS: ReadonlySet<string> = new Set([
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
]);

/** Keywords that no schema here may use. */
export const UNSUPPORTED: ReadonlySet<string> = new Set([
  "$dynamicRef",
  "$dynamicAnchor",
  "$recursiveRef",
  "$recursiveAnchor",
  "$vocabulary",
  "definitions",
]);

/** Whether `$schema` names draft 2020-12, the only dialect. */
export function isDialect(uri: unknown): boolean {
  return typeof uri === "string" && uri.replace(/#$/, "") === "https://json-schema.org/draft/2020-12/schema";
}

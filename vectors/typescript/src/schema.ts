import { MAX_DEPTH, writeJson, writeString, type Json, type JsonObject } from "./json.js";
import { sortSet } from "./order.js";
import { Refusal, pointerTo } from "./refusal.js";
import { SchemaDocument } from "./schema-document.js";
import { keywordKind, REF_ANNOTATIONS, DROPPED } from "./schema-keyword.js";
import { encodeUtf8 } from "./utf8.js";

/** Bytes an expanded canonical schema may have (canonical.md §4). */
const MAX_SCHEMA_BYTES = 262_144;

/** A JSON Schema in canonical form; `pointer` is where it stands in the submitted document. */
export function canonicalSchema(schema: Json, pointer = ""): Json {
  const expander = new Expander(new SchemaDocument(schema, pointer));
  const expanded = expander.expand({ node: schema, pointer }, 0);
  if (expanded.bytes > MAX_SCHEMA_BYTES) throw tooLarge(pointer);
  return expanded.value;
}

interface Located {
  readonly node: Json;
  readonly pointer: string;
}

/** A canonical value whose parts may be shared, with its written size and its height in brackets. */
interface Expanded {
  readonly value: Json;
  readonly bytes: number;
  readonly height: number;
}

/**
 * Expands each schema once, sharing the result between its references: sizes and heights are known
 * before anything is written, so a small document that would expand without bound costs nothing.
 */
class Expander {
  private readonly done = new Map<Json, Expanded>();
  private readonly active = new Set<Json>();

  constructor(private readonly document: SchemaDocument) {}

  /** Expands the schema at a place below `depth` open brackets. */
  expand(start: Located, depth: number): Expanded {
    const entered: Json[] = [];
    const overlays: JsonObject[] = [];
    let here = start;
    let expanded: Expanded | undefined;
    while (expanded === undefined) {
      const { node, pointer } = here;
      if (!(node instanceof Map)) {
        expanded = verbatim(node);
        break;
      }
      if (this.active.has(node)) throw new Refusal("SCHEMA_RECURSIVE_REF", "a schema that contains itself", { pointer });
      const ref = node.get("$ref");
      if (ref === undefined) {
        expanded = this.done.get(node) ?? this.keywords(node, pointer, depth);
        this.done.set(node, expanded);
        break;
      }
      overlays.push(refAnnotations(node, pointer));
      this.active.add(node);
      entered.push(node);
      here = this.follow(here, ref as string);
    }
    for (const node of entered) this.active.delete(node);
    expanded = overlay(expanded, overlays, start.pointer);
    if (depth + expanded.height > MAX_DEPTH) throw tooDeep(start.pointer);
    return expanded;
  }

  /** The target of a reference; a recursive one is refused where the reference stands. */
  private follow(from: Located, ref: string): Located {
    const pointer = pointerTo(from.pointer, "$ref");
    const target = this.document.resolve(ref, pointer);
    if (this.active.has(target.node)) throw new Refusal("SCHEMA_RECURSIVE_REF", `${ref} leads back to itself`, { pointer });
    return target;
  }

  private keywords(node: JsonObject, pointer: string, depth: number): Expanded {
    if (depth >= MAX_DEPTH) throw tooDeep(pointer);
    this.active.add(node);
    const members = new Map<string, Expanded>();
    for (const [keyword, value] of node) {
      if (!DROPPED.has(keyword)) members.set(keyword, this.keyword(keyword, value, pointerTo(pointer, keyword), depth + 1));
    }
    this.active.delete(node);
    return objectOf(members);
  }

  private keyword(keyword: string, value: Json, pointer: string, depth: number): Expanded {
    switch (keywordKind(keyword)) {
      case "schema":
        return this.expand({ node: value, pointer }, depth);
      case "schema list":
        return arrayOf(this.list(value, pointer, depth));
      case "schema set":
        return sortedSet(this.list(value, pointer, depth), "drop", pointer);
      case "schema bag":
        return sortedSet(this.list(value, pointer, depth), "keep", pointer);
      case "schema map":
        return this.map(value, pointer, depth);
      case "set":
        return verbatim(Array.isArray(value) ? sortSet(value) : value);
      case "set map":
        return verbatim(new Map([...(value as JsonObject)].map(([name, set]) => [name, sortSet(set as Json[])])));
      case "verbatim":
        return verbatim(value);
    }
  }

  private list(value: Json, pointer: string, depth: number): Expanded[] {
    return (value as Json[]).map((node, index) => this.expand({ node, pointer: pointerTo(pointer, index) }, depth + 1));
  }

  private map(value: Json, pointer: string, depth: number): Expanded {
    const members = new Map<string, Expanded>();
    for (const [name, node] of value as JsonObject) {
      members.set(name, this.expand({ node, pointer: pointerTo(pointer, name) }, depth + 1));
    }
    return objectOf(members);
  }
}

/** What stands beside a reference and outlives it; anything that is not an annotation is a conflict. */
function refAnnotations(node: JsonObject, pointer: string): JsonObject {
  const kept: JsonObject = new Map();
  for (const [keyword, value] of node) {
    if (REF_ANNOTATIONS.has(keyword)) kept.set(keyword, value);
    else if (keyword !== "$ref" && !DROPPED.has(keyword)) {
      throw new Refusal("SCHEMA_REF_CONFLICT", `${keyword} stands beside a $ref`, { pointer: pointerTo(pointer, keyword) });
    }
  }
  return kept;
}

/** Puts the annotations of references over their target, the outermost reference last. */
function overlay(target: Expanded, overlays: readonly JsonObject[], pointer: string): Expanded {
  const annotations: JsonObject = new Map();
  for (const outer of [...overlays].reverse()) for (const [keyword, value] of outer) annotations.set(keyword, value);
  if (annotations.size === 0) return target;
  if (!(target.value instanceof Map)) {
    throw new Refusal("SCHEMA_REF_CONFLICT", "annotations stand beside a $ref to a boolean", { pointer });
  }
  let { bytes, height } = target;
  const value: JsonObject = new Map(target.value);
  for (const [keyword, annotation] of annotations) {
    const before = target.value.get(keyword);
    const after = verbatim(annotation);
    if (before === undefined) bytes += memberBytes(keyword, after.bytes) + (value.size === 0 ? 0 : 1);
    else bytes += after.bytes - verbatim(before).bytes;
    height = Math.max(height, after.height + 1);
    value.set(keyword, annotation);
  }
  return { value, bytes, height };
}

function verbatim(value: Json): Expanded {
  return { value, bytes: encodeUtf8(writeJson(value)).length, height: heightOf(value) };
}

function objectOf(members: ReadonlyMap<string, Expanded>): Expanded {
  let bytes = 2 + Math.max(0, members.size - 1);
  let height = 0;
  const value: JsonObject = new Map();
  for (const [name, member] of members) {
    bytes += memberBytes(name, member.bytes);
    height = Math.max(height, member.height);
    value.set(name, member.value);
  }
  return { value, bytes, height: height + 1 };
}

function arrayOf(members: readonly Expanded[]): Expanded {
  const bytes = members.reduce((sum, member) => sum + member.bytes, 2 + Math.max(0, members.length - 1));
  const height = members.reduce((highest, member) => Math.max(highest, member.height), 0);
  return { value: members.map((member) => member.value), bytes, height: height + 1 };
}

/** A set of expanded schemas; its members are written to be compared, so a set too large to stand is refused first. */
function sortedSet(members: readonly Expanded[], duplicates: "drop" | "keep", pointer: string): Expanded {
  const distinct = new Map<string, Expanded>();
  let bytes = 0;
  for (const member of duplicates === "drop" ? new Set(members) : members) {
    if (bytes + member.bytes > MAX_SCHEMA_BYTES) throw tooLarge(pointer);
    const text = writeJson(member.value);
    if (duplicates === "keep" || !distinct.has(text)) bytes += member.bytes;
    distinct.set(text, member);
  }
  const kept = duplicates === "drop" ? [...distinct.values()] : members;
  const byValue = new Map(kept.map((member) => [member.value, member]));
  return arrayOf(sortSet(kept.map((member) => member.value), duplicates).map((value) => byValue.get(value) ?? verbatim(value)));
}

function memberBytes(name: string, valueBytes: number): number {
  return encodeUtf8(writeString(name)).length + 1 + valueBytes;
}

function heightOf(value: Json): number {
  if (!Array.isArray(value) && !(value instanceof Map)) return 0;
  let highest = 0;
  for (const member of value.values()) highest = Math.max(highest, heightOf(member));
  return highest + 1;
}

function tooLarge(pointer: string): Refusal {
  return new Refusal("SCHEMA_TOO_LARGE", `expands to more than ${MAX_SCHEMA_BYTES} bytes`, { pointer });
}

function tooDeep(pointer: string): Refusal {
  return new Refusal("JSON_TOO_DEEP", `expands deeper than ${MAX_DEPTH}`, { pointer });
}

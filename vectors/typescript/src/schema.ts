import { MAX_DEPTH, writeJson, writeString, type Json, type JsonObject } from "./json.js";
import { sortSet } from "./order.js";
import { Refusal, pointerTo } from "./refusal.js";
import { SchemaDocument, type Located } from "./schema-document.js";
import { DROPPED, keywordKind } from "./schema-keyword.js";
import { checkReferences, follow } from "./schema-reference.js";
import { encodeUtf8 } from "./utf8.js";

/** Bytes an expanded canonical schema may have (canonical.md §4). */
const MAX_SCHEMA_BYTES = 262_144;

/**
 * A JSON Schema in canonical form; `pointer` is where it stands in the submitted document, `around` how many brackets
 * are open there.
 */
export function canonicalSchema(schema: Json, pointer = "", around = 0): Json {
  const root: Located = { node: schema, pointer };
  const document = new SchemaDocument(schema, pointer);
  checkReferences(document, root);
  const expanded = new Expander(document, pointer).expand(root, around);
  if (around + expanded.height > MAX_DEPTH) throw tooDeep(pointer);
  if (expanded.bytes > MAX_SCHEMA_BYTES) throw tooLarge(pointer);
  return expanded.value;
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
  private readonly membersDone = new Map<Json, ReadonlyMap<string, Expanded>>();

  constructor(
    private readonly document: SchemaDocument,
    private readonly root: string,
  ) {}

  /** Expands the schema at a place below `depth` open brackets. */
  expand(start: Located, depth: number): Expanded {
    const { target, annotations } = follow(this.document, start);
    if (!(target.node instanceof Map)) return verbatim(target.node);
    const finished = annotations.size === 0 ? this.done.get(target.node) : undefined;
    if (finished !== undefined) return finished;
    if (depth >= MAX_DEPTH) throw tooDeep(this.root);
    const members = new Map(this.members(target.node, target.pointer, depth + 1));
    for (const [keyword, annotation] of annotations) members.set(keyword, verbatim(annotation));
    const expanded = objectOf(members);
    if (annotations.size === 0) this.done.set(target.node, expanded);
    return expanded;
  }

  /** A schema's own members, before annotations beside a reference to it replace some. */
  private members(node: JsonObject, pointer: string, depth: number): ReadonlyMap<string, Expanded> {
    const finished = this.membersDone.get(node);
    if (finished !== undefined) return finished;
    const members = new Map<string, Expanded>();
    for (const [keyword, value] of node) {
      if (!DROPPED.has(keyword)) members.set(keyword, this.keyword(keyword, value, pointerTo(pointer, keyword), depth));
    }
    this.membersDone.set(node, members);
    return members;
  }

  private keyword(keyword: string, value: Json, pointer: string, depth: number): Expanded {
    switch (keywordKind(keyword)) {
      case "schema":
        return this.expand({ node: value, pointer }, depth);
      case "schema list":
        return arrayOf(this.list(value, pointer, depth));
      case "schema set":
        return sortedSet(this.list(value, pointer, depth), "drop", this.root);
      case "schema bag":
        return sortedSet(this.list(value, pointer, depth), "keep", this.root);
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
function sortedSet(members: readonly Expanded[], duplicates: "drop" | "keep", root: string): Expanded {
  const distinct = new Map<string, Expanded>();
  let bytes = 0;
  for (const member of duplicates === "drop" ? new Set(members) : members) {
    if (bytes + member.bytes > MAX_SCHEMA_BYTES) throw tooLarge(root);
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

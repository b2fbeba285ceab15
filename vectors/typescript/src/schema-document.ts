import { type Json, type JsonObject } from "./json.js";
import { JsonNumber } from "./number.js";
import { inOrder } from "./order.js";
import { Refusal, pointerTo } from "./refusal.js";
import { keywordKind, isDialect, UNSUPPORTED } from "./schema-keyword.js";

/** A value of the submitted document and where it stands there. */
export interface Located {
  readonly node: Json;
  readonly pointer: string;
}

/** A submitted schema whose every schema position has been checked, and in which references can be looked up. */
export class SchemaDocument {
  private readonly anchors = new Map<string, Located>();
  private readonly checked = new Set<Json>();
  private complete = false;

  /** Checks the whole document in canonical order; the first offence is thrown. */
  constructor(
    private readonly root: Json,
    private readonly pointer: string,
  ) {
    this.check(root, pointer);
    this.complete = true;
  }

  /** The schema a reference names; what it finds is checked as a schema, wherever it stands, but defines no anchor. */
  resolve(ref: string, place: string): Located {
    const target = this.find(ref, place);
    this.check(target.node, target.pointer);
    return target;
  }

  private find(ref: string, place: string): Located {
    if (!ref.startsWith("#")) throw new Refusal("SCHEMA_REMOTE_REF", "only local references are resolved", { pointer: place });
    const found = ref === "#" || ref.startsWith("#/") ? this.walk(ref.slice(1)) : this.anchors.get(ref.slice(1));
    if (found === undefined) throw new Refusal("SCHEMA_REF_NOT_FOUND", "nothing stands there", { pointer: place });
    return found;
  }

  /** Follows a percent-encoded JSON pointer from the root. */
  private walk(encoded: string): Located | undefined {
    const decoded = percentDecode(encoded);
    if (decoded === undefined || /~(?![01])/.test(decoded)) return undefined;
    let here: Located = { node: this.root, pointer: this.pointer };
    for (const token of decoded.split("/").slice(1)) {
      const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
      const next = memberOf(here.node, name);
      if (next === undefined) return undefined;
      here = { node: next, pointer: pointerTo(here.pointer, name) };
    }
    return here;
  }

  private check(node: Json, pointer: string): void {
    if (typeof node === "boolean") return;
    if (!(node instanceof Map)) throw invalid("a schema is an object or a boolean", pointer);
    if (this.checked.has(node)) return;
    this.checked.add(node);
    for (const [keyword, value] of inOrder(node)) this.checkKeyword(keyword, value, node, pointerTo(pointer, keyword), pointer);
  }

  private checkKeyword(keyword: string, value: Json, owner: JsonObject, pointer: string, ownerPointer: string): void {
    if (UNSUPPORTED.has(keyword) || (keyword === "$id" && owner !== this.root) || (keyword === "$schema" && !isDialect(value))) {
      throw new Refusal("SCHEMA_UNSUPPORTED", `${keyword} is not supported here`, { pointer });
    }
    if (keyword === "$ref" && typeof value !== "string") throw invalid("$ref is a string", pointer);
    if (keyword === "$anchor" && !this.complete) this.addAnchor(value, { node: owner, pointer: ownerPointer }, pointer);
    switch (keywordKind(keyword)) {
      case "schema":
        return this.check(value, pointer);
      case "schema list":
      case "schema set":
      case "schema bag":
        return this.checkEach(asArray(value, pointer).entries(), pointer);
      case "schema map":
        return this.checkEach(inOrder(asObject(value, pointer)), pointer);
      case "set":
        if (keyword === "enum") return checkPrecision(asArray(value, pointer), pointer);
        if (keyword !== "type" || typeof value !== "string") checkStrings(value, pointer);
        return;
      case "set map":
        for (const [name, set] of inOrder(asObject(value, pointer))) checkStrings(set, pointerTo(pointer, name));
        return;
      case "verbatim":
        return checkPrecision(value, pointer);
    }
  }

  private checkEach(members: Iterable<[string | number, Json]>, pointer: string): void {
    for (const [name, node] of members) this.check(node, pointerTo(pointer, name));
  }

  private addAnchor(name: Json, place: Located, pointer: string): void {
    if (typeof name !== "string") throw invalid("$anchor is a string", pointer);
    if (this.anchors.has(name)) throw invalid("the anchor stands twice", pointer);
    this.anchors.set(name, place);
  }
}

/** Refuses a number that rounding to six decimals would change (canonical.md §4). */
function checkPrecision(value: Json, pointer: string): void {
  if (value instanceof JsonNumber && value.rounded) {
    throw new Refusal("NUMBER_TOO_PRECISE", "a schema's number has more than 6 decimals", { pointer });
  }
  const members = Array.isArray(value) ? value.entries() : value instanceof Map ? inOrder(value) : [];
  for (const [name, member] of members) checkPrecision(member, pointerTo(pointer, name));
}

function memberOf(node: Json, name: string): Json | undefined {
  if (node instanceof Map) return node.get(name);
  if (Array.isArray(node) && /^(0|[1-9][0-9]*)$/.test(name)) return node[Number(name)];
  return undefined;
}

function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function checkStrings(value: Json, pointer: string): void {
  for (const [index, member] of asArray(value, pointer).entries()) {
    if (typeof member !== "string") throw invalid("only strings may stand here", pointerTo(pointer, index));
  }
}

function asArray(value: Json, pointer: string): Json[] {
  if (!Array.isArray(value)) throw invalid("an array must stand here", pointer);
  return value;
}

function asObject(value: Json, pointer: string): JsonObject {
  if (!(value instanceof Map)) throw invalid("an object must stand here", pointer);
  return value;
}

function invalid(message: string, pointer: string): Refusal {
  return new Refusal("SCHEMA_INVALID", message, { pointer });
}

import type { Json, JsonObject } from "./json.js";
import { inOrder } from "./order.js";
import { Refusal, pointerTo } from "./refusal.js";
import type { Located, SchemaDocument } from "./schema-document.js";
import { DROPPED, keywordKind, REF_ANNOTATIONS } from "./schema-keyword.js";

/** A position that another contains, or refers to by the `$ref` at `ref`. */
interface Step extends Located {
  readonly ref: string | undefined;
}

/** What a position comes to once its references are followed, and the annotations beside them, the outermost of each name. */
export interface Followed {
  readonly target: Located;
  readonly annotations: JsonObject;
}

/**
 * Refuses references to nothing, and those that make a position contain itself, over all positions that the root
 * reaches. The way is a list and not the call stack: it may be as long as the document has references.
 */
export function checkReferences(document: SchemaDocument, root: Located): void {
  const passed = new Set<Json>();
  const onWay = new Set<Json>([root.node]);
  const way = [{ node: root.node, ref: undefined as string | undefined, below: stepsOf(document, root) }];
  for (let here = way.at(-1); here !== undefined; here = way.at(-1)) {
    const next = here.below.next();
    if (next.done === true) {
      way.pop();
      onWay.delete(here.node);
      passed.add(here.node);
      continue;
    }
    const step = next.value;
    // Booleans hold nothing, and equal ones are no identities.
    if (typeof step.node === "boolean") continue;
    if (onWay.has(step.node)) {
      const followed = [...way, step].reverse().find((before) => before.ref !== undefined);
      const last = followed?.ref ?? step.pointer;
      throw new Refusal("SCHEMA_RECURSIVE_REF", "the reference leads back to itself", { pointer: last });
    }
    if (passed.has(step.node)) continue;
    onWay.add(step.node);
    way.push({ node: step.node, ref: step.ref, below: stepsOf(document, step) });
  }
}

/** Follows `$ref` from a position; the references are checked already, so the way ends. */
export function follow(document: SchemaDocument, start: Located): Followed {
  const annotations: JsonObject = new Map();
  let annotated: string | undefined;
  let target = start;
  for (let ref = refOf(target); ref !== undefined; ref = refOf(target)) {
    const pointer = pointerTo(target.pointer, "$ref");
    for (const [keyword, value] of target.node as JsonObject) {
      if (!REF_ANNOTATIONS.has(keyword)) continue;
      annotated ??= pointer;
      if (!annotations.has(keyword)) annotations.set(keyword, value);
    }
    target = document.resolve(ref, pointer);
  }
  if (annotated !== undefined && !(target.node instanceof Map)) {
    throw new Refusal("SCHEMA_REF_CONFLICT", "annotations stand beside a $ref to a boolean", { pointer: annotated });
  }
  return { target, annotations };
}

function* stepsOf(document: SchemaDocument, { node, pointer }: Located): Generator<Step> {
  if (!(node instanceof Map)) return;
  const ref = refOf({ node, pointer });
  if (ref !== undefined) {
    const place = pointerTo(pointer, "$ref");
    for (const keyword of node.keys()) {
      if (keyword === "$ref" || DROPPED.has(keyword) || REF_ANNOTATIONS.has(keyword)) continue;
      throw new Refusal("SCHEMA_REF_CONFLICT", `${keyword} stands beside a $ref`, { pointer: place });
    }
    yield { ...document.resolve(ref, place), ref: place };
    return;
  }
  for (const [keyword, value] of inOrder(node)) {
    if (!DROPPED.has(keyword)) yield* positionsIn(keyword, value, pointerTo(pointer, keyword));
  }
}

function* positionsIn(keyword: string, value: Json, pointer: string): Generator<Step> {
  switch (keywordKind(keyword)) {
    case "schema":
      yield { node: value, pointer, ref: undefined };
      return;
    case "schema list":
    case "schema set":
    case "schema bag":
      for (const [index, node] of (value as Json[]).entries()) yield { node, pointer: pointerTo(pointer, index), ref: undefined };
      return;
    case "schema map":
      for (const [name, node] of inOrder(value as JsonObject)) yield { node, pointer: pointerTo(pointer, name), ref: undefined };
      return;
    case "set":
    case "set map":
    case "verbatim":
  }
}

function refOf({ node }: Located): string | undefined {
  const ref = node instanceof Map ? node.get("$ref") : undefined;
  return typeof ref === "string" ? ref : undefined;
}

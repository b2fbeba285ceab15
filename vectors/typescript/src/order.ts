import { writeJson, type Json, type JsonObject } from "./json.js";
import { JsonNumber } from "./number.js";

/** A set's members in canonical order (canonical.md §4); equal ones are kept once unless `duplicates` stay. */
export function sortSet(members: readonly Json[], duplicates: "drop" | "keep" = "drop"): Json[] {
  const keyed = members.map((value) => ({ value, rank: rank(value), text: sortText(value) }));
  keyed.sort((a, b) => a.rank - b.rank || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  return keyed
    .filter((member, index) => {
      const before = keyed[index - 1];
      return duplicates === "keep" || before?.rank !== member.rank || before.text !== member.text;
    })
    .map((member) => member.value);
}

/** An object's members in canonical order: what is reported first must not depend on the submitted order. */
export function inOrder(members: JsonObject): [string, Json][] {
  return [...members].sort(([a], [b]) => (a < b ? -1 : 1));
}

function rank(value: Json): number {
  if (value === null) return 0;
  if (typeof value === "boolean") return value ? 2 : 1;
  if (value instanceof JsonNumber) return 3;
  if (typeof value === "string") return 4;
  return Array.isArray(value) ? 5 : 6;
}

/** Strings compare by their own code units, everything else by its canonical text. */
function sortText(value: Json): string {
  return typeof value === "string" ? value : writeJson(value);
}

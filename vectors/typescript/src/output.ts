import { parseJson, writeJson } from "./json.js";

/** A model's JSON output in canonical form (canonical.md §2). */
export function canonicalOutput(bytes: Uint8Array): string {
  return writeJson(parseJson(bytes));
}

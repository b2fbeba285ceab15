import { readFileSync } from "node:fs";
import { parseJson } from "./json.js";

/** The entries of one of the tables beside the vectors (decisions/0001); a table without entries is an error. */
export function readTable(name: string, member: "codes" | "code_points"): string[] {
  const table = parseJson(readFileSync(new URL(`../../tables/${name}.json`, import.meta.url)));
  const entries = table instanceof Map ? table.get(member) : undefined;
  if (!Array.isArray(entries) || entries.length === 0) throw new Error(`the table ${name} has no ${member}`);
  return entries.map(String);
}

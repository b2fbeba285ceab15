import { readdirSync, readFileSync } from "node:fs";
import { fromHex, sha256 } from "./digest.js";
import { FORMS, type Form } from "./form.js";
import { parseJson, writeJson, type Json, type JsonObject } from "./json.js";
import { Refusal } from "./refusal.js";
import { encodeUtf8 } from "./utf8.js";

const FOLDER = new URL("../../", import.meta.url);
/** The files of the contract, each with its form and the least number of its vectors (canonical.md §6). */
const FILES: ReadonlyMap<string, readonly [form: string, least: number]> = new Map([
  ["numbers.json", ["number", 60]],
  ["output.json", ["output", 40]],
  ["text.json", ["text", 30]],
  ["template.json", ["template", 40]],
  ["template-size.json", ["template", 1]],
  ["schema.json", ["schema", 1]],
  ["schema-size.json", ["schema", 1]],
  ["region.json", ["region", 1]],
  ["placeholder.json", ["placeholder", 1]],
  ["identity.json", ["identity", 1]],
  ["inputs.json", ["inputs", 1]],
  ["als.json", ["als", 30]],
]);
const MEMBERS = ["name", "why", "input", "input_hex", "expected", "error", "sha256", "line", "column", "pointer"];

let passed = 0;
let failed = 0;

function fail(where: string, why: string): void {
  failed += 1;
  console.log(`FAILED ${where}: ${why}`);
}

function runFile(file: string, formName: string, least: number): void {
  const content = parseJson(readFileSync(new URL(`../../${file}`, import.meta.url)));
  if (!(content instanceof Map) || writeJson(content.get("version") ?? null) !== "1") return fail(file, "not version 1");
  const form = FORMS.get(formName);
  if (content.get("form") !== formName || form === undefined) return fail(file, `its form is not ${formName}`);
  const vectors = content.get("vectors");
  if (!Array.isArray(vectors)) return fail(file, "no vectors");
  if (vectors.length < least) fail(file, `${vectors.length} vectors, at least ${least} are needed`);
  const names = new Set<Json>();
  for (const [index, vector] of vectors.entries()) {
    const name = vector instanceof Map ? vector.get("name") : undefined;
    const where = `${file} ${typeof name === "string" ? name : index}`;
    if (!(vector instanceof Map) || typeof name !== "string" || names.has(name)) fail(where, "not a vector with a name of its own");
    else runVector(where, vector, form);
    if (name !== undefined) names.add(name);
  }
}

function runVector(where: string, vector: JsonObject, form: Form): void {
  try {
    const complaint = checkVector(vector, form);
    if (complaint === undefined) passed += 1;
    else fail(where, complaint);
  } catch (error) {
    fail(where, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

/** What is wrong with a vector's result; undefined where nothing is. */
function checkVector(vector: JsonObject, form: Form): string | undefined {
  const unknown = [...vector.keys()].find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) return `unknown member ${unknown}`;
  if (vector.has("input") === vector.has("input_hex")) return "one of input and input_hex must stand";
  if (vector.has("expected") === vector.has("error")) return "one of expected and error must stand";
  let result: Json;
  try {
    result = form.run(inputOf(vector));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return checkRefusal(vector, refusal);
  }
  return checkResult(vector, result, form);
}

function checkResult(vector: JsonObject, result: Json, form: Form): string | undefined {
  const expected = vector.get("expected");
  const text = typeof result === "string" ? result : writeJson(result);
  if (expected === undefined) return `expected ${String(vector.get("error"))}, got ${text}`;
  if (writeJson(expected) !== writeJson(result)) return `expected ${writeJson(expected)}, got ${writeJson(result)}`;
  const digest = vector.get("sha256");
  if (digest !== undefined && digest !== sha256(text)) return `its SHA-256 is ${sha256(text)}`;
  if (form.idempotent && writeJson(form.run(encodeUtf8(text))) !== writeJson(result)) return "canonical of canonical is not itself";
  return undefined;
}

function checkRefusal(vector: JsonObject, refusal: Refusal): string | undefined {
  const place: Record<string, number | string | undefined> = { ...refusal.place };
  const got = `got ${refusal.message} ${JSON.stringify(refusal.place)}`;
  if (vector.get("error") !== refusal.code) return `expected ${writeJson(vector.get("error") ?? vector.get("expected") ?? null)}, ${got}`;
  for (const member of ["line", "column", "pointer"]) {
    const wanted = vector.get(member);
    if (wanted === undefined) continue;
    const found = place[member];
    if (writeJson(wanted) !== JSON.stringify(found)) return `expected ${member} ${writeJson(wanted)}, ${got}`;
  }
  return undefined;
}

function inputOf(vector: JsonObject): Uint8Array | JsonObject {
  const input = vector.get("input");
  if (typeof input === "string") return encodeUtf8(input);
  if (input instanceof Map) return input;
  const hex = vector.get("input_hex");
  const bytes = typeof hex === "string" ? fromHex(hex) : undefined;
  if (bytes === undefined) throw new TypeError("the input is neither text nor parameters nor hex");
  return bytes;
}

const present = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
for (const name of present) if (!FILES.has(name)) fail(name, "an unknown file");
for (const [file, [form, least]] of FILES) {
  if (!present.includes(file)) {
    fail(file, "missing");
    continue;
  }
  try {
    runFile(file, form, least);
  } catch (error) {
    fail(file, `cannot be read: ${String(error)}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

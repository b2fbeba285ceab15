import { alsSeed, blockText, variantId, variantIndex, type Cues } from "./als.js";
import { sha256, toHex } from "./digest.js";
import { batchIdentity, citationsIdentity, inputsIdentity, planIdentity, runIdentity } from "./identity.js";
import { parseJson, writeJson, type Json, type JsonObject } from "./json.js";
import { JsonNumber } from "./number.js";
import { canonicalOutput } from "./output.js";
import { Parameters } from "./parameters.js";
import { fillPlaceholders } from "./placeholder.js";
import { recordHmac } from "./record.js";
import { Refusal } from "./refusal.js";
import { canonicalLocale, canonicalRegion } from "./region.js";
import { canonicalSchema } from "./schema.js";
import { canonicalTemplate } from "./template.js";
import { canonicalText } from "./text.js";

/** What a form makes of a vector's input: bytes where the input is a document, else its parameters. */
export interface Form {
  readonly run: (input: Uint8Array | JsonObject) => Json;
  /** Whether the form's own result is an input that it leaves as it is. */
  readonly idempotent: boolean;
}

/** The forms by name, as the vector files name them. */
export const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ["number", ofDocument(canonicalOutput)],
  ["output", ofDocument(canonicalOutput)],
  ["text", ofDocument(canonicalText)],
  ["template", ofDocument(canonicalTemplate)],
  ["schema", ofDocument((bytes) => writeJson(canonicalSchema(parseJson(bytes))))],
  ["region", ofParameters(region)],
  ["placeholder", ofParameters(placeholder)],
  ["identity", ofParameters(identity)],
  ["als", ofParameters(als)],
]);

function region(given: Parameters): Json {
  const canonical = given.kind("region", "locale") === "region" ? canonicalRegion : canonicalLocale;
  const result = canonical(given.text("value"));
  if (canonical(result) !== result) throw new Error(`${result} is not its own canonical form`);
  return result;
}

function placeholder(given: Parameters): Json {
  return fillPlaceholders(given.text("content"), given.object("values"));
}

function identity(given: Parameters): Json {
  switch (given.kind("inputs", "batch", "plan", "run", "citations", "record_hmac")) {
    case "inputs":
      return writeJson(inputsIdentity(given.object("declared"), given.object("values")));
    case "batch":
      return writeJson(batchIdentity(given.object("facts")));
    case "plan":
      return writeJson(planIdentity(given.object("facts")));
    case "run":
      return writeJson(runIdentity(given.object("facts")));
    case "citations":
      return writeJson(citationsIdentity(given.list("citations")));
    default:
      return recordHmac(given.base64("key"), {
        orgId: given.text("org_id"),
        id: given.text("id"),
        recordSha256: given.text("sha256"),
        createdAt: given.text("created_at"),
      });
  }
}

function als(given: Parameters): Json {
  const kind = given.kind("select", "block");
  const locale = given.text("locale");
  const secret = given.secret();
  const seed = alsSeed(secret, given.text("template_id"));
  if (kind === "select") {
    const index = variantIndex(seed, locale, given.count("variants"));
    return new Map<string, Json>([
      ["seed_hex", toHex(seed)],
      ["variant_index", JsonNumber.read(String(index))],
      ["variant_id", variantId(locale, index)],
    ]);
  }
  const entry = given.optionalObject("entry");
  const block = entry === undefined ? noBlock(locale) : blockOf(seed, locale, cuesOf(new Parameters(entry)));
  return new Map<string, Json>([
    ["variant_id", block?.id ?? null],
    ["block", block?.text ?? null],
    ["block_sha256", block === null ? null : sha256(block.text)],
  ]);
}

function blockOf(seed: Uint8Array, locale: string, cues: Cues): { id: string; text: string } | null {
  const index = variantIndex(seed, locale, cues.phrases.length);
  const text = blockText(locale, cues, index);
  return text === null ? null : { id: variantId(locale, index), text };
}

function noBlock(locale: string): null {
  if (locale !== "none") throw new Refusal("ALS_LOCALE_UNKNOWN", "the catalogue has no entry of the locale");
  return null;
}

function cuesOf(entry: Parameters): Cues {
  return {
    date: entry.text("date"),
    number: entry.text("number"),
    currency: entry.text("currency"),
    tax: entry.text("tax"),
    postal: entry.text("postal"),
    phone: entry.text("phone"),
    phrases: entry.texts("phrases"),
  };
}

function ofDocument(run: (bytes: Uint8Array) => string): Form {
  return {
    idempotent: true,
    run(input) {
      if (input instanceof Map) throw new TypeError("the input must be a document");
      return run(input);
    },
  };
}

function ofParameters(run: (given: Parameters) => Json): Form {
  return {
    idempotent: false,
    run(input) {
      if (!(input instanceof Map)) throw new TypeError("the input must be parameters");
      return run(new Parameters(input));
    },
  };
}

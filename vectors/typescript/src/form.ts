import { AlsSecrets, blockText, CONTROL_LOCALE, variantId, variantIndex, type Cues } from "./als.js";
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
import { resolveInputs } from "./submitted-input.js";
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
  ["inputs", ofParameters(inputs)],
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

function inputs(given: Parameters): Json {
  return writeJson(resolveInputs(given.object("declared"), given.document("values")));
}

function als(given: Parameters): Json {
  const secrets = new AlsSecrets(given.secrets());
  if (given.kind("select", "block") === "block") return block(given, secrets);
  const seed = secrets.seed(given.text("seed_key_id"), given.text("template_id"));
  const index = variantIndex(seed, given.text("locale"), given.count("variants"));
  return new Map<string, Json>([
    ["seed_hex", toHex(seed)],
    ["variant_index", JsonNumber.read(String(index))],
    ["variant_id", variantId(given.text("locale"), index)],
  ]);
}

function block(given: Parameters, secrets: AlsSecrets): Json {
  const catalog = given.nested("catalogs").optionalNested(given.text("catalog"));
  if (catalog === undefined) throw new Refusal("ALS_CATALOG_UNKNOWN", "there is no such catalogue");
  const locale = given.text("locale");
  if (locale === CONTROL_LOCALE) return blockResult(null, null);
  const entry = catalog.optionalNested(locale);
  if (entry === undefined) throw new Refusal("ALS_LOCALE_UNKNOWN", "the catalogue has no entry of the locale");
  const cues = cuesOf(entry);
  const seed = secrets.seed(given.text("seed_key_id"), given.text("template_id"));
  const index = variantIndex(seed, locale, cues.phrases.length);
  return blockResult(variantId(locale, index), blockText(cues, index));
}

function blockResult(id: string | null, text: string | null): Json {
  return new Map<string, Json>([
    ["variant_id", id],
    ["block", text],
    ["block_sha256", text === null ? null : sha256(text)],
  ]);
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

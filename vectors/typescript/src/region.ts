import { Refusal, type Place } from "./refusal.js";
import { readTable } from "./tables.js";
import { asciiLower, asciiUpper, trimIdentifier } from "./text.js";

const COUNTRIES = new Set(readTable("iso3166-1", "codes"));
const SUBDIVISIONS = new Set(readTable("iso3166-2", "codes"));
const LANGUAGES = new Set(readTable("iso639-1", "codes"));

/** A region as `CC` or `CC-SS`, `UK` read as `GB`; REGION_UNKNOWN for what ISO 3166 has not assigned. */
export function canonicalRegion(submitted: string, place?: Place): string {
  const region = asciiUpper(trimIdentifier(submitted)).replace(/^UK(?=-|$)/, "GB");
  const known = region.includes("-") ? COUNTRIES.has(region.slice(0, 2)) && SUBDIVISIONS.has(region) : COUNTRIES.has(region);
  if (!known) throw new Refusal("REGION_UNKNOWN", "no assigned region", place);
  return region;
}

/** A locale as `ll-CC`, or `none`; LOCALE_INVALID for another shape or language, REGION_UNKNOWN for the region. */
export function canonicalLocale(submitted: string, place?: Place): string {
  const trimmed = trimIdentifier(submitted);
  if (asciiLower(trimmed) === "none") return "none";
  const [, language = "", region = ""] = /^([A-Za-z]{2})[-_]([A-Za-z]{2})$/.exec(trimmed) ?? [];
  if (!LANGUAGES.has(asciiLower(language))) throw new Refusal("LOCALE_INVALID", "not a language and a region", place);
  return `${asciiLower(language)}-${canonicalRegion(region, place)}`;
}

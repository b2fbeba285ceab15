import { hmacSha256 } from "./digest.js";
import { nfcLength } from "./nfc.js";
import { Refusal } from "./refusal.js";
import { encodeUtf8 } from "./utf8.js";

/** Code points a block may have, counted after NFC (system.md, ALS). */
const MAX_BLOCK_CODE_POINTS = 350;
/** Bytes a secret must have at least. */
const MIN_SECRET_BYTES = 32;
/** The locale that stands for no block and no country. */
export const CONTROL_LOCALE = "none";

/** One locale's cues; each phrase makes one variant. */
export interface Cues {
  readonly date: string;
  readonly number: string;
  readonly currency: string;
  readonly tax: string;
  readonly postal: string;
  readonly phone: string;
  readonly phrases: readonly string[];
}

/** The secrets as they are configured, by key id; one that is too short is a mistake there, not a refusal. */
export class AlsSecrets {
  constructor(private readonly byKeyId: ReadonlyMap<string, Uint8Array>) {
    for (const [keyId, { length }] of byKeyId) {
      if (length < MIN_SECRET_BYTES) throw new RangeError(`the secret ${keyId} has ${length} bytes, at least ${MIN_SECRET_BYTES}`);
    }
  }

  /** The seed of a template: HMAC-SHA256 of its ALS id under the named secret; ALS_KEY_UNKNOWN where there is none. */
  seed(seedKeyId: string, templateId: string): Uint8Array {
    const secret = this.byKeyId.get(seedKeyId);
    if (secret === undefined) throw new Refusal("ALS_KEY_UNKNOWN", `there is no secret ${seedKeyId}`);
    return hmacSha256(secret, encodeUtf8(templateId));
  }
}

/** Which of `variants` blocks a locale gets: the 256-bit big-endian HMAC of the locale under the seed, modulo their count. */
export function variantIndex(seed: Uint8Array, locale: string, variants: number): number {
  const drawn = hmacSha256(seed, encodeUtf8(locale));
  return Number(drawn.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) % BigInt(variants));
}

/** The name a variant is recorded under: `<locale>/<index>`. */
export function variantId(locale: string, index: number): string {
  return `${locale}/${index}`;
}

/** The text of one variant's block; ALS_BLOCK_TOO_LONG beyond its bound. */
export function blockText(cues: Cues, index: number): string {
  const first = `${cues.date} · ${cues.number} · ${cues.currency}`;
  const text = `${first}\n${cues.tax} · ${cues.postal} · ${cues.phone}\n${cues.phrases[index] ?? ""}`;
  const length = nfcLength(text);
  if (length > MAX_BLOCK_CODE_POINTS) {
    throw new Refusal("ALS_BLOCK_TOO_LONG", `${length} code points after NFC, at most ${MAX_BLOCK_CODE_POINTS}`);
  }
  return text;
}

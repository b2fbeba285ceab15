import { hmacSha256, toHex } from "./digest.js";
import { encodeUtf8 } from "./utf8.js";

/** What a record's HMAC covers, in this order; digests and times as the text that is stored. */
export interface Sealed {
  readonly orgId: string;
  readonly id: string;
  readonly recordSha256: string;
  /** RFC 3339, UTC, six decimals. */
  readonly createdAt: string;
}

/** HMAC-SHA256 over the four fields, each prefixed by its length in bytes as u32 big-endian (canonical.md §4). */
export function recordHmac(key: Uint8Array, sealed: Sealed): string {
  const fields = [sealed.orgId, sealed.id, sealed.recordSha256, sealed.createdAt].map(encodeUtf8);
  const message = new Uint8Array(fields.reduce((sum, field) => sum + 4 + field.length, 0));
  const view = new DataView(message.buffer);
  let at = 0;
  for (const field of fields) {
    view.setUint32(at, field.length, false);
    message.set(field, at + 4);
    at += 4 + field.length;
  }
  return toHex(hmacSha256(key, message));
}

import { createHash, createHmac } from "node:crypto";
import { encodeUtf8 } from "./utf8.js";

/** Lower-case hex SHA-256 of bytes, or of a text's UTF-8. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(typeof data === "string" ? encodeUtf8(data) : data).digest("hex");
}

/** The 32 bytes of HMAC-SHA256. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(message).digest();
}

/** Lower-case hex of bytes. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of a hex string; undefined where it is none. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || /[^0-9a-fA-F]/.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

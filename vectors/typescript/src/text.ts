import { decodeUtf8 } from "./utf8.js";
import { normalizeNfc } from "./nfc.js";

/** The Unicode property White_Space, and nothing else (canonical.md §3). */
export const WHITE_SPACE = "\\u0009-\\u000d\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const IS_SPACE = new RegExp(`[${WHITE_SPACE}]`);
const IS_SPACE_OR_BOM = new RegExp(`[${WHITE_SPACE}\\ufeff]`);

/** Text in canonical form (canonical.md §3); INVALID_UTF8 is the only refusal. */
export function canonicalText(bytes: Uint8Array): string {
  const lines = unifyLineEnds(decodeUtf8(bytes)).split("\n").map((line) => line.slice(0, endWithout(line, IS_SPACE)));
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  return normalizeNfc(lines.join("\n"));
}

/** An identifier or a message's content: trimmed at both ends, line ends unified (canonical.md §4). */
export function trimIdentifier(text: string): string {
  const end = endWithout(text, IS_SPACE_OR_BOM);
  let start = 0;
  while (start < end && IS_SPACE_OR_BOM.test(text.charAt(start))) start += 1;
  return unifyLineEnds(text.slice(start, end));
}

/** ASCII letters to upper case; every other character stays. */
export function asciiUpper(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** ASCII letters to lower case; every other character stays. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function unifyLineEnds(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

function endWithout(text: string, space: RegExp): number {
  let end = text.length;
  while (end > 0 && space.test(text.charAt(end - 1))) end -= 1;
  return end;
}

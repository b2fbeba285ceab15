import { codePoints } from "./refusal.js";
import { readTable } from "./tables.js";

/** Code points that Unicode 14.0 had not assigned and that a later version decomposes, reorders or composes. */
const UNASSIGNED = new Set(
  readTable("unassigned-nfc-14", "code_points").map((name) => String.fromCodePoint(Number.parseInt(name.slice(2), 16))),
);

/** NFC as of Unicode 14.0: the text is split at code points that 14.0 did not know (canonical.md §3). */
export function normalizeNfc(text: string): string {
  let normalized = "";
  let piece = 0;
  let at = 0;
  for (const char of text) {
    if (UNASSIGNED.has(char)) {
      normalized += text.slice(piece, at).normalize("NFC") + char;
      piece = at + char.length;
    }
    at += char.length;
  }
  return normalized + text.slice(piece).normalize("NFC");
}

/** The code points of `text` after NFC; the text itself stays as it is. */
export function nfcLength(text: string): number {
  return codePoints(normalizeNfc(text));
}

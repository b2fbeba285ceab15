import { JsonNumber } from "./number.js";
import { Refusal, positionAt, type Position } from "./refusal.js";
import { decodeUtf8 } from "./utf8.js";

/** Open brackets allowed at once (canonical.md §2). */
export const MAX_DEPTH = 128;

export type JsonObject = Map<string, Json>;
export type Json = null | boolean | JsonNumber | string | Json[] | JsonObject;

/** Reads one JSON document, losslessly; every refusal carries its position. */
export function parseJson(bytes: Uint8Array): Json {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new Refusal("JSON_BOM", "a byte order mark before the document", { line: 1, column: 1 });
  }
  return new Parser(decodeUtf8(bytes)).document();
}

/** The canonical text of a value (canonical.md §2). */
export function writeJson(value: Json): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === "string") return writeString(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  // The default sort compares UTF-16 code units, which is the order of RFC 8785.
  const members = [...value.keys()].sort().map((key) => `${writeString(key)}:${writeJson(value.get(key) ?? null)}`);
  return `{${members.join(",")}}`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

/** A string as RFC 8785 §3.2.2.2 escapes it. */
export function writeString(text: string): string {
  const escaped = text.replace(
    /[\u0000-\u001f"\\]/g,
    (char) => SHORT_ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

const UNESCAPED: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  '"': '"',
  "\\": "\\",
  "/": "/",
};

/** A recursive descent parser of RFC 8259 over text that is already known to be well-formed UTF-8. */
class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): Json {
    this.skipSpace();
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) throw this.refuse("JSON_TRAILING_BYTES", "more after the document");
    return value;
  }

  private value(): Json {
    const char = this.text[this.at];
    switch (char) {
      case "{":
        return this.nested(() => this.object());
      case "[":
        return this.nested(() => this.array());
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private nested(read: () => Json): Json {
    if (this.depth === MAX_DEPTH) throw this.refuse("JSON_TOO_DEEP", `deeper than ${MAX_DEPTH}`);
    this.depth += 1;
    this.at += 1;
    const value = read();
    this.depth -= 1;
    return value;
  }

  private object(): JsonObject {
    const members: JsonObject = new Map();
    this.skipSpace();
    if (this.take("}")) return members;
    for (;;) {
      this.skipSpace();
      const start = this.at;
      if (this.text[start] !== '"') throw this.refuse("JSON_SYNTAX", "a key must be a string");
      const key = this.string();
      if (members.has(key)) throw this.refuse("JSON_DUPLICATE_KEY", "the key stands twice in one object", start);
      this.skipSpace();
      if (!this.take(":")) throw this.refuse("JSON_SYNTAX", "a colon must follow the key");
      this.skipSpace();
      members.set(key, this.value());
      this.skipSpace();
      if (this.take("}")) return members;
      if (!this.take(",")) throw this.refuse("JSON_SYNTAX", "a comma or closing brace is missing");
    }
  }

  private array(): Json[] {
    const members: Json[] = [];
    this.skipSpace();
    if (this.take("]")) return members;
    for (;;) {
      this.skipSpace();
      members.push(this.value());
      this.skipSpace();
      if (this.take("]")) return members;
      if (!this.take(",")) throw this.refuse("JSON_SYNTAX", "a comma or closing bracket is missing");
    }
  }

  private string(): string {
    let decoded = "";
    this.at += 1;
    for (;;) {
      const plain = this.at;
      while (isPlain(this.text.charCodeAt(this.at))) this.at += 1;
      decoded += this.text.slice(plain, this.at);
      if (this.take('"')) return decoded;
      if (this.text[this.at] !== "\\") throw this.refuse("JSON_SYNTAX", "a control character or the end inside a string");
      decoded += this.escape();
    }
  }

  private escape(): string {
    const start = this.at;
    const char = this.text[start + 1];
    if (char !== "u") {
      const plain = char === undefined ? undefined : UNESCAPED[char];
      if (plain === undefined) throw this.refuse("JSON_SYNTAX", "an unknown escape", start + 1);
      this.at += 2;
      return plain;
    }
    const unit = this.hexUnit();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit <= 0xdbff && this.text.startsWith("\\u", this.at)) {
      const low = this.hexUnit();
      if (low >= 0xdc00 && low <= 0xdfff) return String.fromCharCode(unit, low);
    }
    throw this.refuse("JSON_LONE_SURROGATE", "a surrogate without its other half", start);
  }

  private hexUnit(): number {
    const start = this.at + 2;
    for (this.at = start; this.at < start + 4; this.at += 1) {
      if (!/^[0-9a-fA-F]$/.test(this.text.charAt(this.at))) throw this.refuse("JSON_SYNTAX", "four hex digits must follow \\u");
    }
    return Number.parseInt(this.text.slice(start, this.at), 16);
  }

  private word<T>(spelling: string, value: T): T {
    for (const letter of spelling) {
      if (!this.take(letter)) throw this.refuse("JSON_SYNTAX", "not a JSON value");
    }
    return value;
  }

  private number(): JsonNumber {
    const start = this.at;
    this.take("-");
    if (!this.take("0") && !this.digits()) throw this.refuse("JSON_SYNTAX", "not a JSON value");
    if (this.take(".") && !this.digits()) throw this.refuse("JSON_SYNTAX", "digits must follow the point");
    if (this.take("e") || this.take("E")) {
      if (!this.take("+")) this.take("-");
      if (!this.digits()) throw this.refuse("JSON_SYNTAX", "digits must follow the exponent mark");
    }
    return JsonNumber.read(this.text.slice(start, this.at), () => this.position(start));
  }

  private digits(): boolean {
    const start = this.at;
    for (let unit = this.text.charCodeAt(this.at); unit >= 0x30 && unit <= 0x39; unit = this.text.charCodeAt(this.at)) {
      this.at += 1;
    }
    return this.at > start;
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  private skipSpace(): void {
    while (" \t\n\r".includes(this.text[this.at] ?? "?")) this.at += 1;
  }

  private position(offset: number): Position {
    return positionAt(this.text, offset);
  }

  private refuse(code: string, message: string, offset: number = this.at): Refusal {
    return new Refusal(code, message, this.position(offset));
  }
}

/** Whether a code unit may stand for itself in a string; false at the end of the text (NaN). */
function isPlain(unit: number): boolean {
  return unit >= 0x20 && unit !== 0x22 && unit !== 0x5c;
}

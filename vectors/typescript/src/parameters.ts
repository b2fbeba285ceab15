import { parseJson, type Json, type JsonObject } from "./json.js";
import { JsonNumber } from "./number.js";
import { encodeUtf8 } from "./utf8.js";

/** The parameters of a vector; one that is missing or of another type is a mistake in the vector, not a refusal. */
export class Parameters {
  constructor(private readonly members: JsonObject) {}

  text(name: string): string {
    const value = this.members.get(name);
    if (typeof value !== "string") throw this.mistake(name, "a string");
    return value;
  }

  kind(...allowed: readonly string[]): string {
    const kind = this.text("kind");
    if (!allowed.includes(kind)) throw this.mistake("kind", `one of ${allowed.join(", ")}`);
    return kind;
  }

  /** A whole number above zero. */
  count(name: string): number {
    const value = this.members.get(name);
    if (!(value instanceof JsonNumber) || !/^[1-9][0-9]*$/.test(value.text)) throw this.mistake(name, "a whole number above zero");
    return Number(value.text);
  }

  /** An object given as its JSON text. */
  object(name: string): JsonObject {
    const value = this.document(name);
    if (!(value instanceof Map)) throw this.mistake(name, "the text of an object");
    return value;
  }

  /** An array given as its JSON text. */
  list(name: string): Json[] {
    const value = this.document(name);
    if (!Array.isArray(value)) throw this.mistake(name, "the text of an array");
    return value;
  }

  /** An object that stands in the vector itself. */
  nested(name: string): Parameters {
    const nested = this.optionalNested(name);
    if (nested === undefined) throw this.mistake(name, "an object");
    return nested;
  }

  /** An object that may be absent. */
  optionalNested(name: string): Parameters | undefined {
    const value = this.members.get(name);
    if (value === undefined) return undefined;
    if (!(value instanceof Map)) throw this.mistake(name, "an object");
    return new Parameters(value);
  }

  texts(name: string): string[] {
    const value = this.members.get(name);
    if (!Array.isArray(value) || !value.every((member) => typeof member === "string")) throw this.mistake(name, "an array of strings");
    return value;
  }

  base64(name: string): Uint8Array {
    return fromBase64(this.text(name));
  }

  /** The `secrets` by key id, given in base64. */
  secrets(): ReadonlyMap<string, Uint8Array> {
    const { members } = this.nested("secrets");
    return new Map([...members.keys()].map((keyId) => [keyId, new Parameters(members).base64(keyId)]));
  }

  /** A value given as its JSON text. */
  document(name: string): Json {
    return parseJson(encodeUtf8(this.text(name)));
  }

  private mistake(name: string, wanted: string): TypeError {
    return new TypeError(`the parameter ${name} must be ${wanted}`);
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

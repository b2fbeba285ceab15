import { type Json, type JsonObject } from "./json.js";
import { JsonNumber } from "./number.js";
import { sortSet } from "./order.js";
import { codePoints, pointerTo } from "./refusal.js";
import type { Refusals } from "./refusals.js";
import { trimIdentifier } from "./text.js";

/** The least and the most a value may be or count. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Reads one member; undefined where it was refused. */
export type Reader<T extends Json = Json> = (value: Json, pointer: string, refusals: Refusals) => T | undefined;

/** A closed object of a template: every member it may have is asked for by name; a null one counts as absent. */
export class Fields {
  private constructor(
    private readonly members: JsonObject,
    readonly pointer: string,
    private readonly refusals: Refusals,
  ) {}

  /** Opens an object, or an absent one; members outside `allowed` are refused. */
  static open(value: Json | undefined, allowed: readonly string[], pointer: string, refusals: Refusals): Fields | undefined {
    const members = value === undefined ? new Map<string, Json>() : value;
    if (!(members instanceof Map)) return refusals.add("WRONG_TYPE", "an object must stand here", pointer);
    for (const name of members.keys()) {
      if (!allowed.includes(name)) refusals.add("UNKNOWN_FIELD", "no such field", pointerTo(pointer, name));
    }
    return new Fields(members, pointer, refusals);
  }

  /** The member as submitted; undefined where it is absent. */
  raw(name: string): Json | undefined {
    return this.members.get(name) ?? undefined;
  }

  at(name: string): string {
    return pointerTo(this.pointer, name);
  }

  /** A member that may be absent: its canonical value, or `absent`. */
  optional<T extends Json>(name: string, read: Reader<T>, absent: T | null = null): T | null {
    const value = this.raw(name);
    return value === undefined ? absent : (read(value, this.at(name), this.refusals) ?? absent);
  }

  /** A member that must stand; undefined, once refused, where it does not. */
  required<T extends Json>(name: string, read: Reader<T>): T | undefined {
    const value = this.raw(name);
    if (value === undefined) return this.refusals.add("MISSING_FIELD", "the field is required", this.at(name));
    return read(value, this.at(name), this.refusals);
  }
}

/** A string kept verbatim, its length counted in code points. */
export function verbatim(bounds: Bounds): Reader<string> {
  return (value, pointer, refusals) =>
    typeof value === "string" ? bounded(value, bounds, pointer, refusals) : wrongType("a string", pointer, refusals);
}

/** A string trimmed at both ends, with its line ends unified, then bounded. */
export function identifier(bounds: Bounds): Reader<string> {
  return (value, pointer, refusals) =>
    typeof value === "string" ? bounded(trimIdentifier(value), bounds, pointer, refusals) : wrongType("a string", pointer, refusals);
}

/** One of a closed set of words. */
export function word(...allowed: readonly string[]): Reader<string> {
  return (value, pointer, refusals) => {
    if (typeof value !== "string") return wrongType("a string", pointer, refusals);
    return allowed.includes(value) ? value : refusals.add("VALUE_NOT_ALLOWED", `one of ${allowed.join(", ")}`, pointer);
  };
}

export const truth: Reader<boolean> = (value, pointer, refusals) =>
  typeof value === "boolean" ? value : wrongType("a boolean", pointer, refusals);

/** A number between whole bounds, compared exactly after rounding. */
export function number(min: bigint, max: bigint): Reader<JsonNumber> {
  return (value, pointer, refusals) => {
    if (!(value instanceof JsonNumber)) return wrongType("a number", pointer, refusals);
    const inside = value.millionths >= min * 1_000_000n && value.millionths <= max * 1_000_000n;
    return inside ? value : refusals.add("VALUE_NOT_ALLOWED", `between ${min} and ${max}`, pointer);
  };
}

/** A number without a fraction after rounding. */
export function integer(min: bigint, max: bigint): Reader<JsonNumber> {
  return (value, pointer, refusals) => {
    if (value instanceof JsonNumber && !value.isInteger) return wrongType("an integer", pointer, refusals);
    return number(min, max)(value, pointer, refusals);
  };
}

/** A list whose order means something. */
export function sequence<T extends Json>(bounds: Bounds, read: Reader<T>): Reader<T[]> {
  return (value, pointer, refusals) => {
    if (!Array.isArray(value)) return wrongType("an array", pointer, refusals);
    if (value.length < bounds.min) return refusals.add("EMPTY", `at least ${bounds.min}`, pointer);
    if (value.length > bounds.max) return refusals.add("TOO_MANY", `${value.length}, at most ${bounds.max}`, pointer);
    const members: T[] = [];
    for (const [index, submitted] of value.entries()) {
      const member = read(submitted, pointerTo(pointer, index), refusals);
      if (member !== undefined) members.push(member);
    }
    return members;
  };
}

/** A list whose order means nothing: sorted, each member once. */
export function set(bounds: Bounds, read: Reader<string>): Reader<Json[]> {
  return (value, pointer, refusals) => {
    const members = sequence(bounds, read)(value, pointer, refusals);
    return members && sortSet(members);
  };
}

function bounded(text: string, { min, max }: Bounds, pointer: string, refusals: Refusals): string | undefined {
  const length = codePoints(text);
  if (length < min) return refusals.add("EMPTY", "nothing stands here", pointer);
  return length > max ? refusals.add("TOO_LONG", `${length} code points, at most ${max}`, pointer) : text;
}

function wrongType(wanted: string, pointer: string, refusals: Refusals): undefined {
  return refusals.add("WRONG_TYPE", `${wanted} must stand here`, pointer);
}

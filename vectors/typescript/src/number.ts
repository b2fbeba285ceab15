import { Refusal, type Place } from "./refusal.js";

/** Fractional digits kept (canonical.md §1). */
const FRACTION_DIGITS = 6;
/** Digits an integer part may have, after rounding (canonical.md §1). */
const MAX_INTEGER_DIGITS = 1000;
/** Larger than any mantissa's length, so an exponent beyond it decides alone; still exact as a float. */
const EXPONENT_BOUND = 1e15;

/** A JSON number: its canonical text, and whether rounding changed its value. */
export class JsonNumber {
  private constructor(
    readonly text: string,
    readonly rounded: boolean,
  ) {}

  /** Reads a literal that the JSON number grammar accepts; NUMBER_TOO_LARGE is refused at `place`. */
  static read(literal: string, place: () => Place = () => undefined): JsonNumber {
    const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?)(\d+))?$/.exec(literal);
    if (parts === null) throw new Refusal("JSON_SYNTAX", "not a number", place());
    const [, sign = "", integer = "", fraction = "", exponentSign = "", exponent = "0"] = parts;
    const all = integer + fraction;
    const first = leadingZeros(all);
    if (first === all.length) return new JsonNumber("0", false);
    const digits = all.slice(first, lastNonZero(all) + 1);
    // The value is 0.digits × 10^scale, with a first digit that is not zero.
    const scale = integer.length - first + readExponent(exponentSign, exponent);
    if (scale > MAX_INTEGER_DIGITS) throw tooLarge(place());
    const kept = scale + FRACTION_DIGITS;
    if (kept < 0) return new JsonNumber("0", true);
    const text = roundAndPrint(sign, digits, kept);
    if (text === undefined) throw tooLarge(place());
    return new JsonNumber(text, digits.length > kept);
  }

  /** Whether the canonical value has no fraction. */
  get isInteger(): boolean {
    return !this.text.includes(".");
  }

  /** The canonical value times 10^6, for exact comparison with bounds. */
  get millionths(): bigint {
    const [integer = "", fraction = ""] = this.text.split(".");
    return BigInt(integer + fraction.padEnd(FRACTION_DIGITS, "0"));
  }
}

/** Rounds 0.digits × 10^(kept - 6) to six decimals, half away from zero; undefined where the integer part is too long. */
function roundAndPrint(sign: string, digits: string, kept: number): string | undefined {
  let units = BigInt(digits.slice(0, kept).padEnd(kept, "0"));
  if (digits.charCodeAt(kept) >= 0x35) units += 1n;
  if (units === 0n) return "0";
  const padded = units.toString().padStart(FRACTION_DIGITS + 1, "0");
  const integer = padded.slice(0, -FRACTION_DIGITS);
  const fraction = padded.slice(-FRACTION_DIGITS);
  if (integer.length > MAX_INTEGER_DIGITS) return undefined;
  const end = lastNonZero(fraction) + 1;
  return end === 0 ? sign + integer : `${sign}${integer}.${fraction.slice(0, end)}`;
}

/** An exponent of any length; beyond the bound only its sign matters. */
function readExponent(sign: string, digits: string): number {
  const significant = digits.slice(leadingZeros(digits));
  const size = significant.length > 15 ? EXPONENT_BOUND : Number(significant);
  return sign === "-" ? -size : size;
}

function leadingZeros(digits: string): number {
  let count = 0;
  while (digits.charCodeAt(count) === 0x30) count += 1;
  return count;
}

function lastNonZero(digits: string): number {
  let at = digits.length - 1;
  while (at >= 0 && digits.charCodeAt(at) === 0x30) at -= 1;
  return at;
}

function tooLarge(place: Place): Refusal {
  return new Refusal("NUMBER_TOO_LARGE", `more than ${MAX_INTEGER_DIGITS} digits before the point`, place);
}

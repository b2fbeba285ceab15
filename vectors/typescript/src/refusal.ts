/** A place in a JSON or text document: lines and columns from 1, columns in code points. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a refusal stands: a position in a document, or a JSON pointer into a template. */
export type Place = Position | { readonly pointer: string } | undefined;

/** An input that has no canonical form; `code` is one of the contract's names. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly place?: Place,
  ) {
    super(`${code}: ${message}`);
  }
}

/** The position of a code-unit offset in `text`: LF ends a line, a surrogate pair is one column. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
    start = at + 1;
  }
  return { line, column: codePoints(text.slice(start, offset)) + 1 };
}

/** The number of Unicode code points in `text`. */
export function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) at += 1;
    count += 1;
  }
  return count;
}

/** One step down a JSON pointer (RFC 6901 escapes). */
export function pointerTo(parent: string, member: string | number): string {
  return `${parent}/${String(member).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

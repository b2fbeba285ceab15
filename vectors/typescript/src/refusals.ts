import { Refusal } from "./refusal.js";

/** Collects the refusals of a template's fields, in the order in which they are found. */
export class Refusals {
  readonly found: Refusal[] = [];

  /** Notes a refusal at a pointer into the submitted document. */
  add(code: string, message: string, pointer: string): undefined {
    this.found.push(new Refusal(code, message, { pointer }));
    return undefined;
  }

  /** Notes a refusal thrown by a part that stops at its first one; anything else is not ours to keep. */
  catch<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.found.push(error);
      return undefined;
    }
  }

  /** Throws the first refusal, if there is one. */
  throwFirst(): void {
    const [first] = this.found;
    if (first !== undefined) throw first;
  }
}

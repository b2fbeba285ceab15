// The few runtime names used here, declared by hand so that the compiler is the only development dependency.

declare module "node:crypto" {
  interface Digester {
    update(data: Uint8Array | string): Digester;
    digest(encoding: "hex"): string;
    digest(): Uint8Array;
  }
  export function createHash(algorithm: "sha256"): Digester;
  export function createHmac(algorithm: "sha256", key: Uint8Array): Digester;
}

declare module "node:fs" {
  export function readFileSync(path: string | URL): Uint8Array;
  export function readdirSync(path: string | URL): string[];
}

declare class TextDecoder {
  constructor(label: "utf-8", options: { fatal: boolean; ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

declare class TextEncoder {
  encode(text: string): Uint8Array;
}

declare class URL {
  constructor(path: string, base: string);
}

interface ImportMeta {
  readonly url: string;
}

declare function atob(base64: string): string;

declare const process: { readonly argv: readonly string[]; exitCode: number | undefined };

declare const console: { log(line: string): void };

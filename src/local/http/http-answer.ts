/** An answer before it is written: status, headers (names in any case; several values as a list) and body. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | string;
}

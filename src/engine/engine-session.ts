/** Values that a query gives back: bigint for 64-bit integers, text for what JavaScript cannot hold exactly. */
export type EngineValue = string | number | bigint | boolean | null;

/**
 * One in-memory DuckDB instance, owned by one activity. Rows stay inside it: `rows` is for counts and facts only.
 * All methods throw `EngineError` subclasses (query refused, memory limit, disk full, unreadable file).
 */
export interface EngineSession {
  /** A private folder that the session may read and write; removed when the session closes. */
  readonly scratchFolder: string;
  /** Runs a statement whose rows nobody needs. Values are bound as `$1`, `$2`, ... */
  run(sql: string, values?: readonly EngineValue[]): Promise<void>;
  /** Runs a statement and gives its rows as objects, at most 10,000 of them. */
  rows<T extends Record<string, EngineValue> = Record<string, EngineValue>>(
    sql: string,
    values?: readonly EngineValue[],
  ): Promise<T[]>;
  /** Sets the fence (allowed directories, no external access, locked configuration). Called by `openSession`; kept for tests. */
  readonly fenced: boolean;
}

/** What one session may use. Bytes; threads as DuckDB counts them. */
export interface EngineLimits {
  readonly memoryLimitBytes: number;
  readonly tempLimitBytes: number;
  readonly threads: number;
  /** Sessions at once in this process. */
  readonly slots: number;
  /** Where scratch folders and spill files are made. */
  readonly tempFolder: string;
}

/** Gives sessions, at most `slots` at once; further callers wait in turn. */
export interface Engine {
  /**
   * Opens a session, runs the work, and closes it whatever happens. `readable` are further folders it may read (DuckDB's fence
   * knows no read-only folders: SQL of ours must not write there). Do not call it inside `work`: the inner call would wait for
   * a slot that the outer one holds.
   */
  use<T>(work: (session: EngineSession) => Promise<T>, options?: { readonly readable?: readonly string[] }): Promise<T>;
  readonly limits: EngineLimits;
}

/** What a command is given of the world around it. */
export interface CliContext {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  /** The folder of the app, which holds `dist` and, in a clone, `pipelines`. */
  readonly appFolder: string;
  /** Standard output: results only. */
  out(text: string): void;
  /** Standard error: everything else. */
  err(text: string): void;
  /** Where standard error is a terminal, its width: progress is then rewritten in place. */
  readonly terminal?: { readonly isTTY: true; readonly columns: number };
}

/** 0: all is well; 1: problems were found; 2: the command was used wrongly. */
export type ExitCode = 0 | 1 | 2;

/** A command of `sluice`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly help: string;
  run(context: CliContext): Promise<ExitCode>;
}

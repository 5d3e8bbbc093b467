const IGNORE_REPEATS_MS = 2000;
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Turns the wish to end into an abort signal. */
export interface EndSignal {
  readonly signal: AbortSignal;
  /** 128 plus the number of the signal that came, as shells have it; undefined where none came. */
  exitCode(): number | undefined;
}

/**
 * Ctrl-C, or SIGTERM, asks to end in order; repeating it after two seconds ends at once. Repeats come by themselves: the
 * terminal signals the whole process group, and npm and the bootstrap pass the signal on too.
 */
export function endOnSignals(onFirst: () => void): EndSignal {
  const controller = new AbortController();
  let code: number | undefined;
  let firstAt = 0;
  for (const name of Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]) {
    process.on(name, () => {
      if (code === undefined) {
        code = EXIT_CODES[name];
        firstAt = performance.now();
        onFirst();
        controller.abort();
      } else if (performance.now() - firstAt > IGNORE_REPEATS_MS) {
        process.exit(code);
      }
    });
  }
  return { signal: controller.signal, exitCode: () => code };
}

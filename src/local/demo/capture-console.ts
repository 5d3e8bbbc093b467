import { format } from 'node:util';
import type { HostLog, LogLevel } from '../host/host-log';

const METHODS = { debug: 'debug', log: 'information', info: 'information', warn: 'warning', error: 'error' } as const;

/**
 * Sends what the app writes to its console to the host's log, as the Functions worker does with it: the app runs in this
 * process, whose standard output belongs to the command. Returns how to undo it.
 */
export function captureConsole(log: HostLog): () => void {
  const originals = Object.keys(METHODS).map((method) => {
    const name = method as keyof typeof METHODS;
    const original = console[name].bind(console);
    const level: LogLevel = METHODS[name];
    console[name] = (...values: unknown[]) => log(level, 'Worker', format(...values));
    return () => {
      console[name] = original;
    };
  });
  return () => {
    for (const restore of originals) restore();
  };
}

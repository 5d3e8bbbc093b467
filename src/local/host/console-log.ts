import { LOG_LEVELS, type HostLog, type LogLevel } from './host-log';

const SHORT: Record<LogLevel, string> = {
  trace: 'trce',
  debug: 'debug',
  information: 'info',
  warning: 'warn',
  error: 'error',
  critical: 'crit',
  none: '',
};
const COLOURS: Partial<Record<LogLevel, number>> = { trace: 90, debug: 90, warning: 33, error: 31, critical: 31 };

/** Where and how to write. */
export interface ConsoleLogOptions {
  /** `logging.logLevel` of host.json. */
  readonly levels: Readonly<Record<string, LogLevel>>;
  /** Shows everything from `debug` up, whatever host.json says. */
  readonly verbose: boolean;
  readonly write: (text: string) => void;
  /** ANSI colours by level. */
  readonly colours: boolean;
  readonly now?: () => Date;
}

/** A log of one line per event: time (UTC), level, category, message; further lines of the message are indented. */
export function createConsoleLog(options: ConsoleLogOptions): HostLog {
  const now = options.now ?? (() => new Date());
  const thresholds = new Map<string, number>();

  return (level, category, message) => {
    let threshold = thresholds.get(category);
    if (threshold === undefined) {
      threshold = LOG_LEVELS.indexOf(levelOf(category, options));
      thresholds.set(category, threshold);
    }
    if (LOG_LEVELS.indexOf(level) < threshold) return;
    const head = `${now().toISOString().slice(11, 23)} ${SHORT[level].padEnd(5)} `;
    const text = `${head}[${shortName(category)}] ${message.trimEnd().replace(/\r?\n/g, '\n             ')}`;
    const colour = COLOURS[level];
    options.write(options.colours && colour !== undefined ? `\x1b[${colour}m${text}\x1b[0m\n` : `${text}\n`);
  };
}

/** The entry with the longest name that the category begins with, as in .NET's logging. */
function levelOf(category: string, { levels, verbose }: ConsoleLogOptions): LogLevel {
  const name = Object.keys(levels)
    .filter((prefix) => prefix !== 'default' && category.toLowerCase().startsWith(prefix.toLowerCase()))
    .sort((a, b) => b.length - a.length)[0];
  const chosen = (name === undefined ? levels['default'] : levels[name]) ?? 'information';
  return verbose && LOG_LEVELS.indexOf(chosen) > LOG_LEVELS.indexOf('debug') ? 'debug' : chosen;
}

/** The name of the function is what a reader looks for; its own log lines and the host's about it share it. */
function shortName(category: string): string {
  return category.replace(/^Function\./, '').replace(/\.User$/, '');
}

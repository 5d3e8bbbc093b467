import { parseArgs } from 'node:util';

/** What `npm run demo` and `npm start` accept. */
export interface DemoOptions {
  /** Port of the API. */
  readonly port: number;
  readonly postgresPort: number;
  /** Azurite takes this port for blobs and the two above it for queues and tables. */
  readonly storagePortBase: number;
  readonly json: boolean;
  readonly help: boolean;
}

const NUMBERS = {
  port: { variable: 'SLUICE_PORT', preset: 7071 },
  'postgres-port': { variable: 'SLUICE_POSTGRES_PORT', preset: 15432 },
  'storage-port-base': { variable: 'SLUICE_STORAGE_PORT_BASE', preset: 10000 },
} as const;

/** A flag or variable that cannot be used; the message says which and why. */
export class UsageError extends Error {}

/**
 * Reads flags, then environment variables, then presets.
 * @throws {UsageError}
 */
export function parseDemoOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): DemoOptions {
  const values = parse(args);
  const number = (name: keyof typeof NUMBERS): number => {
    const { variable, preset } = NUMBERS[name];
    const text = values[name] ?? environment[variable];
    if (text === undefined || text === '') return preset;
    const port = Number(text);
    if (Number.isInteger(port) && port > 0 && port < 65_534) return port;
    const origin = values[name] === undefined ? variable : `--${name}`;
    throw new UsageError(`${origin} must be a port number from 1 to 65533, not ${JSON.stringify(text)}.`);
  };
  return {
    port: number('port'),
    postgresPort: number('postgres-port'),
    storagePortBase: number('storage-port-base'),
    json: values.json,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        'postgres-port': { type: 'string' },
        'storage-port-base': { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The flags, for `--help`. */
export const DEMO_FLAGS = `  --port <port>               port of the API (SLUICE_PORT, 7071)
  --postgres-port <port>      port of the embedded PostgreSQL (SLUICE_POSTGRES_PORT, 15432)
  --storage-port-base <port>  first of three ports of Azurite (SLUICE_STORAGE_PORT_BASE, 10000)
  --help                      this text`;

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HostConfigError } from './host-config-error';
import { LOG_LEVELS, type LogLevel } from './host-log';

/** What the embedded host takes from host.json: https://learn.microsoft.com/azure/azure-functions/functions-host-json */
export interface HostConfig {
  /** First part of the path of HTTP functions, without slashes; empty for none. `api` by default. */
  readonly routePrefix: string;
  /** `logging.logLevel`: lowest level to show by beginning of category; `default` for the rest. */
  readonly logLevels: Readonly<Record<string, LogLevel>>;
  /** `extensions.durableTask.hubName`; `TestHubName` by default, as in the extension. */
  readonly hubName: string;
  /** `extensions.durableTask` as written. */
  readonly durableTask: Readonly<Record<string, unknown>>;
  /** `extensions.blobs`. */
  readonly blobs: {
    /** Blobs handled at the same time; 8 by default. */
    readonly maxDegreeOfParallelism: number;
    /** Attempts before a blob goes to the poison queue; 5 by default. */
    readonly poisonBlobThreshold: number;
  };
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads host.json of an app.
 * @throws {HostConfigError} where it is missing, is not JSON (comments are allowed) or has a member of the wrong kind.
 */
export function readHostConfig(appFolder: string): HostConfig {
  const file = path.join(appFolder, 'host.json');
  const root = readJsonFile(file);
  if (root === undefined) {
    throw new HostConfigError(
      `There is no function app in ${appFolder}: it has no host.json.`,
      'Name the folder of an app: --app <folder>.',
    );
  }
  const section = (parent: Json, name: string): Json => asObject(parent[name], name, file);
  const extensions = section(root, 'extensions');
  const durableTask = section(extensions, 'durableTask');
  const blobs = section(extensions, 'blobs');
  const prefix = asKind(section(extensions, 'http')['routePrefix'], 'string', 'routePrefix', file) ?? 'api';
  return {
    routePrefix: prefix.replace(/^\/+|\/+$/g, ''),
    logLevels: readLogLevels(section(section(root, 'logging'), 'logLevel'), file),
    hubName: asKind(durableTask['hubName'], 'string', 'hubName', file) ?? 'TestHubName',
    durableTask,
    blobs: {
      maxDegreeOfParallelism: asKind(blobs['maxDegreeOfParallelism'], 'number', 'maxDegreeOfParallelism', file) ?? 8,
      poisonBlobThreshold: asKind(blobs['poisonBlobThreshold'], 'number', 'poisonBlobThreshold', file) ?? 5,
    },
  };
}

/** The object in a JSON file whose comments are dropped, as the real host does; undefined where there is no such file. */
export function readJsonFile(file: string): Json | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return asObject(JSON.parse(withoutComments(text.replace(/^\uFEFF/, ''))), 'The file', file);
  } catch (cause) {
    if (cause instanceof HostConfigError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HostConfigError(`${file} is not valid JSON: ${reason}`, 'Correct it.', cause);
  }
}

function withoutComments(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, (_, quoted: string | undefined) => quoted ?? '');
}

function readLogLevels(levels: Json, file: string): Record<string, LogLevel> {
  const entries = Object.entries(levels).map(([category, value]): [string, LogLevel] => {
    const level = LOG_LEVELS.find((known) => known === String(value).toLowerCase());
    if (level !== undefined) return [category, level];
    throw new HostConfigError(
      `${file}: the log level ${JSON.stringify(value)} of "${category}" is not known.`,
      `Use one of ${LOG_LEVELS.join(', ')}.`,
    );
  });
  return { default: 'information', ...Object.fromEntries(entries) };
}

function asObject(value: unknown, name: string, file: string): Json {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Json;
  throw new HostConfigError(`${file}: ${name} must be an object.`, 'Correct it.');
}

interface Kinds {
  string: string;
  number: number;
}

function asKind<K extends keyof Kinds>(value: unknown, kind: K, name: string, file: string): Kinds[K] | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === kind) return value as Kinds[K];
  throw new HostConfigError(`${file}: "${name}" must be a ${kind}.`, 'Correct it.');
}

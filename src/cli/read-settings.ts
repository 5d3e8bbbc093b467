import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the embedded services note how to reach them; `SLUICE_DATA_FOLDER` moves it, as it moves their data. */
export function embeddedSettingsFile(appFolder: string, env: Readonly<Record<string, string | undefined>>): string {
  return join(resolve(env['SLUICE_DATA_FOLDER'] ?? join(appFolder, '.sluice')), 'local.settings.json');
}

export interface Settings {
  /** The environment, and below it the values of the settings files. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What could not be read. */
  readonly notes: readonly string[];
}

/**
 * The app's settings on this machine: the environment wins over `.sluice/local.settings.json`, which `npm start` and
 * `npm run demo` write, and that over `local.settings.json` of Azure Functions Core Tools. `given` wins over both files.
 */
export function readSettings(
  appFolder: string,
  env: Readonly<Record<string, string | undefined>>,
  given: Readonly<Record<string, string>> = {},
): Settings {
  const notes: string[] = [];
  const files = [join(appFolder, 'local.settings.json'), embeddedSettingsFile(appFolder, env)];
  const values = files.map((file) => readValues(file, notes));
  return { env: Object.assign({}, ...values, given, env) as Settings['env'], notes };
}

function readValues(file: string, notes: string[]): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return {};
  }
  try {
    const { Values } = JSON.parse(text) as { readonly Values?: Readonly<Record<string, unknown>> };
    return Object.fromEntries(Object.entries(Values ?? {}).map(([name, value]) => [name, String(value)]));
  } catch {
    notes.push(`${file} is not JSON and was left out.`);
    return {};
  }
}

/** A setting's value; one that is empty is none. */
export function settingOf(env: Settings['env'], name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

import path from 'node:path';
import { readJsonFile } from './host-config';
import { HostConfigError } from './host-config-error';

/**
 * `Values` of local.settings.json; empty where there is no such file.
 * @throws {HostConfigError} where the file is not JSON or a value is not text, number or boolean, or is encrypted.
 */
export function readLocalSettings(appFolder: string): Record<string, string> {
  const file = path.join(appFolder, 'local.settings.json');
  const content = readJsonFile(file);
  if (content?.['IsEncrypted'] === true) {
    throw new HostConfigError(`${file} is encrypted.`, 'Decrypt it: func settings decrypt.');
  }
  const values = content?.['Values'] ?? {};
  return Object.fromEntries(
    Object.entries(values).map(([name, value]: [string, unknown]) => {
      if (['string', 'number', 'boolean'].includes(typeof value)) return [name, String(value)];
      throw new HostConfigError(`${file}: the value of "${name}" must be text.`, 'Put it in quotes.');
    }),
  );
}

/** Sets what the environment does not have yet: what is set already wins, as with `func start`. */
export function applySettings(settings: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = process.env): void {
  for (const [name, value] of Object.entries(settings)) env[name] ??= value;
}

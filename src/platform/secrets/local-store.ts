import { readFileSync } from 'node:fs';
import { SecretNotFoundError } from '../../errors/secret-not-found-error';
import type { SecretStore } from './secret-store';

/** Secrets of a machine of one's own: the environment (`SLUICE_SECRET_<NAME>`), then a git-ignored file `{ "name": "value" }`. */
export function localStore(env: NodeJS.ProcessEnv, file?: string): SecretStore {
  const where = 'the environment';
  return {
    where,
    read: (name) => {
      const value = env[variableOf(name)] ?? fromFile(file, name);
      return value !== undefined && value !== ''
        ? Promise.resolve({ value, contentType: null, version: null, expiresOn: null })
        : Promise.reject(new SecretNotFoundError(name, `the setting ${variableOf(name)}`));
    },
  };
}

const variableOf = (name: string): string => `SLUICE_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;

function fromFile(file: string | undefined, name: string): string | undefined {
  if (file === undefined) return undefined;
  try {
    const values = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

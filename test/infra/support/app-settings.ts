import { at, type Snapshot } from './snapshot';

/** The settings of the app that a snapshot knows. */
export interface AppSettings {
  readonly values: Readonly<Record<string, string>>;
  /** Storage accounts by the prefix of the settings that name them. */
  readonly accounts: Readonly<Record<string, string>>;
}

/** Reads them from the expression that they are: literal values, and the accounts of `__blobServiceUri`. */
export function appSettings({ resources }: Snapshot): AppSettings {
  const app = resources.find(({ type }) => type === 'Microsoft.Web/sites');
  const expression = app === undefined ? undefined : at(app, 'properties', 'siteConfig', 'appSettings');
  if (typeof expression !== 'string') throw new Error('the app has no settings');
  const pairs = /createObject\('name', '(\w+)', 'value', '([^']*)'\)/g;
  const overrides = /createObject\(((?:'[A-Z_]+', '[^']*'(?:, )?)+)\)/.exec(expression)?.[1] ?? '';
  const uris = /'(\w+)__blobServiceUri', 'value', format\('https:\/\/\{0\}\.\{1\}\.\{2\}', '(\w+)'/g;
  const values = Object.fromEntries([...expression.matchAll(pairs)].map(([, name, value]) => [name, value]));
  const given = Object.fromEntries(
    [...overrides.matchAll(/'([A-Z_]+)', '([^']*)'/g)].map(([, name, value]) => [name, value]),
  );
  const accounts = Object.fromEntries([...expression.matchAll(uris)].map(([, prefix, name]) => [prefix, name]));
  return { values: { ...values, ...given }, accounts } as AppSettings;
}

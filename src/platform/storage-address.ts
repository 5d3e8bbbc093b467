import { InvalidSettingsError } from '../errors/invalid-settings-error';
import { settingOf, type Environment } from './environment';

/** How a storage account is reached: with a key in a connection string, or as the app's identity. */
export type StorageAddress =
  | { readonly kind: 'connection-string'; readonly connectionString: string; readonly insecure: boolean }
  | { readonly kind: 'identity'; readonly url: string; readonly insecure: boolean };

/**
 * Finds the account that a setting names, in the forms that Azure Functions knows: `<setting>` with a connection string or
 * `UseDevelopmentStorage=true`, or `<setting>__blobServiceUri` (`__tableServiceUri`), or `<setting>__accountName`.
 * @throws {InvalidSettingsError} where there is none, or where it is plain HTTP to another machine.
 */
export function storageAddress(env: Environment, setting: string, service: 'blob' | 'table'): StorageAddress {
  const text = settingOf(env, setting) ?? settingOf(env, `AzureWebJobs${setting}`);
  if (text !== undefined) {
    const insecure = isInsecure(text);
    if (insecure) refuseOtherMachines(setting, endpointsOf(text));
    return { kind: 'connection-string', connectionString: text, insecure };
  }
  const account = settingOf(env, `${setting}__accountName`);
  const url =
    settingOf(env, `${setting}__${service}ServiceUri`) ??
    (account === undefined ? undefined : `https://${account}.${service}.core.windows.net`);
  if (url === undefined) {
    throw new InvalidSettingsError([
      `there is no ${setting}: set it to a connection string, or ${setting}__${service}ServiceUri to the address of the account`,
    ]);
  }
  const insecure = url.startsWith('http://');
  if (insecure) refuseOtherMachines(setting, [url]);
  return { kind: 'identity', url, insecure };
}

function isInsecure(connectionString: string): boolean {
  return /UseDevelopmentStorage=true|DefaultEndpointsProtocol=http(;|$)|Endpoint=http:/i.test(connectionString);
}

function endpointsOf(connectionString: string): string[] {
  return [...connectionString.matchAll(/Endpoint=(http:[^;]+)/gi)].map((match) => match[1] ?? '');
}

/** Plain HTTP is for emulators on this machine: to another, keys and rows would travel in the clear. */
function refuseOtherMachines(setting: string, urls: readonly string[]): void {
  for (const url of urls) {
    if (!URL.canParse(url) || !/^(127(\.\d{1,3}){3}|localhost|\[::1\])$/i.test(new URL(url).hostname)) {
      throw new InvalidSettingsError([`${setting} names another machine over plain HTTP: use https`]);
    }
  }
}

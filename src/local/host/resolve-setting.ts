import { HostConfigError } from './host-config-error';

/**
 * Replaces `%NAME%` by the app setting NAME, as the real host does in bindings.
 * @throws {HostConfigError} where there is no such setting.
 */
export function resolveSettings(text: string, env: NodeJS.ProcessEnv = process.env): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = env[name];
    if (value !== undefined) return value;
    throw new HostConfigError(
      `The app setting "${name}", named by "${text}", is missing.`,
      `Add it to Values of local.settings.json, or set the environment variable ${name}.`,
    );
  });
}

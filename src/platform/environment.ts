/** The app settings: in Azure and on the embedded host they all arrive as environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting's value; one that is empty counts as missing. */
export function settingOf(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

/** Whether the app runs in Azure: the platform names the instance there, and nowhere else. */
export function isInAzure(env: Environment): boolean {
  return settingOf(env, 'WEBSITE_INSTANCE_ID') !== undefined || settingOf(env, 'CONTAINER_NAME') !== undefined;
}

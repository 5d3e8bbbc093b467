/**
 * What Azure sets on an instance and nobody else does: the name of the app in every plan, and an instance id in the plans with their
 * own machines. Flex Consumption sets no instance id, so that one alone would take an app in Azure for one on somebody's machine.
 */
const MARKERS = ['WEBSITE_SITE_NAME', 'WEBSITE_INSTANCE_ID'] as const;

/** Whether the environment is that of an app in Azure, in whichever plan. */
export function isInAzure(env: NodeJS.ProcessEnv): boolean {
  return MARKERS.some((name) => (env[name] ?? '') !== '');
}

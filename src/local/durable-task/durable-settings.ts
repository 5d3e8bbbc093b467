import { availableParallelism } from 'node:os';

/** What the engine takes from `extensions.durableTask` of host.json. */
export interface DurableSettings {
  /** Version of orchestrations that name none; null where none is set. */
  readonly defaultVersion: string | null;
  readonly versionMatch: 'none' | 'strict' | 'currentorolder';
  /** What becomes of an orchestration whose version does not match: it waits, or it fails. */
  readonly versionFailure: 'reject' | 'fail';
  readonly maxActivities: number;
  readonly maxOrchestrators: number;
  readonly maxEntities: number;
  /** Milliseconds between polls of a 202 without Retry-After. */
  readonly httpPollMs: number;
}

/** Reads the settings; the defaults are those of the extension. */
export function durableSettings(section: Readonly<Record<string, unknown>>): DurableSettings {
  const text = (name: string): string | undefined => {
    const value = section[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const count = (name: string): number => {
    const value = section[name];
    return typeof value === 'number' && value > 0 ? value : 10 * availableParallelism();
  };
  const match = text('versionMatchStrategy')?.toLowerCase();
  const http = section['httpSettings'] as { defaultAsyncRequestSleepTimeMilliseconds?: unknown } | undefined;
  const poll = http?.defaultAsyncRequestSleepTimeMilliseconds;
  return {
    defaultVersion: text('defaultVersion') ?? null,
    versionMatch: match === 'none' || match === 'strict' ? match : 'currentorolder',
    versionFailure: text('versionFailureStrategy')?.toLowerCase() === 'fail' ? 'fail' : 'reject',
    maxActivities: count('maxConcurrentActivityFunctions'),
    maxOrchestrators: count('maxConcurrentOrchestratorFunctions'),
    maxEntities: count('maxConcurrentEntityFunctions'),
    httpPollMs: typeof poll === 'number' ? poll : 30_000,
  };
}

/** Whether this app may run an orchestration of a version. */
export function versionFits(version: string | null, settings: DurableSettings): boolean {
  const { defaultVersion, versionMatch } = settings;
  if (versionMatch === 'none' || defaultVersion === null || version === null || version === '') return true;
  return versionMatch === 'strict' ? version === defaultVersion : !isNewer(version, defaultVersion);
}

/** Whether version a is newer than b, part by part. */
function isNewer(a: string, b: string): boolean {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

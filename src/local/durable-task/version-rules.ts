import { isNewer } from './is-newer';

/** What becomes of an orchestration of a version: it runs, waits for another app, or fails at once. */
export type VersionVerdict = { readonly kind: 'run' | 'wait' } | { readonly kind: 'fail'; readonly message: string };

/** Versioning as host.json sets it. */
export interface VersionRules {
  /** Version of orchestrations that name none; null where none is set. */
  readonly defaultVersion: string | null;
  judge(version: string | null): VersionVerdict;
}

/**
 * Reads `defaultVersion`, `versionMatchStrategy` (`CurrentOrOlder` unless it says `Strict` or `None`) and
 * `versionFailureStrategy` (`Reject` unless it says `Fail`) of `extensions.durableTask`:
 * https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-orchestration-versioning
 */
export function versionRules(durableTask: Readonly<Record<string, unknown>>): VersionRules {
  const text = (name: string): string => {
    const value = durableTask[name];
    return typeof value === 'string' ? value : '';
  };
  const current = text('defaultVersion');
  const match = text('versionMatchStrategy').toLowerCase();
  const fails = text('versionFailureStrategy').toLowerCase() === 'fail';
  const problem = (version: string): string | undefined => {
    if (match === 'strict' && version !== current) {
      return `The version '${version}' of the orchestration is not the version '${current}' of the app.`;
    }
    if (match === 'strict' || !isNewer(version, current)) return undefined;
    return `The version '${version}' of the orchestration is newer than the version '${current}' of the app.`;
  };
  return {
    defaultVersion: current === '' ? null : current,
    judge(version) {
      if (version === null || version === '' || current === '' || match === 'none') return { kind: 'run' };
      const message = problem(version);
      if (message === undefined) return { kind: 'run' };
      return fails ? { kind: 'fail', message } : { kind: 'wait' };
    },
  };
}

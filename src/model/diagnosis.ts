/** What an examination looked at. */
export const AREAS = [
  'settings',
  'storage',
  'queue',
  'clock',
  'secrets',
  'connections',
  'exposure',
  'audit',
  'pipelines',
  'versions',
  'host.json',
] as const;

/** One thing that was looked at, or tried. */
export interface Diagnosis {
  readonly area: (typeof AREAS)[number];
  /** What it is about: `write a blob in work`, `warehouse`, `extensions.durableTask.hubName`. */
  readonly what: string;
  /** `skipped`: it could not be looked at from here, or is not used. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was found, in words; no secrets. */
  readonly message: string;
  /** What to do about it; null where there is nothing to do. */
  readonly fix: string | null;
}

/** Everything that was looked at. */
export interface Examination {
  /** Nothing has failed; there may be warnings. */
  readonly healthy: boolean;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly findings: readonly Diagnosis[];
}

/** Puts findings in the order of the areas. */
export function examinationOf(findings: readonly Diagnosis[], at: string): Examination {
  const ordered = findings.toSorted((a, b) => AREAS.indexOf(a.area) - AREAS.indexOf(b.area));
  return { healthy: ordered.every(({ status }) => status !== 'failed'), at, findings: ordered };
}

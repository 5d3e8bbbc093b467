import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Diagnosis } from '../../model/diagnosis';

interface Need {
  /** Keys from the top, with dots between. */
  readonly at: string;
  readonly holds: (value: unknown) => boolean;
  /** What it should be. */
  readonly wanted: string;
  readonly why: string;
  /** The app works without, but not as well. */
  readonly weak?: boolean;
}

/** What the app relies on; docs/host-settings.md has the reasons at length. */
function needsOf(orchestrationVersion: string | null): readonly Need[] {
  const is = (wanted: unknown) => (value: unknown) => value === wanted;
  const durable = 'extensions.durableTask';
  return [
    { at: 'version', holds: is('2.0'), wanted: '2.0', why: 'the host reads nothing else' },
    {
      at: 'extensionBundle.version',
      holds: (value) => String(value).includes('[4.'),
      wanted: '[4.*, 5.0.0)',
      why: 'older bundles know no versions of orchestrations',
    },
    {
      at: 'extensions.http.routePrefix',
      holds: (value) => value === undefined || value === 'api',
      wanted: 'api',
      why: 'the command line and the dashboard look there',
      weak: true,
    },
    {
      at: `${durable}.hubName`,
      holds: (value) => typeof value === 'string' && value !== '',
      wanted: 'a name',
      why: 'two apps on one hub take each other’s work',
    },
    ...(orchestrationVersion === null
      ? []
      : [
          {
            at: `${durable}.defaultVersion`,
            holds: is(orchestrationVersion),
            wanted: orchestrationVersion,
            why: 'a replay must know which version it is of',
          },
        ]),
    {
      at: `${durable}.versionMatchStrategy`,
      holds: is('CurrentOrOlder'),
      wanted: 'CurrentOrOlder',
      why: 'an old worker would fail orchestrations of a newer one',
    },
    {
      at: `${durable}.versionFailureStrategy`,
      holds: is('Reject'),
      wanted: 'Reject',
      why: 'an old worker would fail orchestrations of a newer one',
    },
    {
      at: `${durable}.extendedSessionsEnabled`,
      holds: (value) => value !== true,
      wanted: 'false',
      why: 'it only holds memory here',
      weak: true,
    },
    {
      at: `${durable}.tracing.traceInputsAndOutputs`,
      holds: (value) => value !== true,
      wanted: 'false',
      why: 'inputs do not belong into telemetry',
    },
    {
      at: `${durable}.storageProvider.maxQueuePollingInterval`,
      holds: (value) => (secondsOf(value) ?? 30) <= 10,
      wanted: '00:00:10 at most',
      why: 'an idle app would notice work late',
      weak: true,
    },
    {
      at: 'functionTimeout',
      holds: (value) => (secondsOf(value) ?? 1800) >= 600,
      wanted: '00:10:00 at least',
      why: 'a partition is one activity, and takes minutes',
      weak: true,
    },
  ];
}

/** Compares host.json with what the app needs. */
export function examineHostJson(appFolder: string, orchestrationVersion: string | null): readonly Diagnosis[] {
  let host: unknown;
  try {
    host = JSON.parse(readFileSync(path.join(appFolder, 'host.json'), 'utf8'));
  } catch (error) {
    const message = `host.json cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return [{ area: 'host.json', what: 'host.json', status: 'failed', message, fix: 'Deploy the package again.' }];
  }
  const wrong = needsOf(orchestrationVersion).flatMap(({ at, holds, wanted, why, weak = false }): Diagnosis[] => {
    const value = at
      .split('.')
      .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], host);
    if (holds(value)) return [];
    const message = `is ${value === undefined ? 'not set' : JSON.stringify(value)}: ${why}`;
    return [{ area: 'host.json', what: at, status: weak ? 'warning' : 'failed', message, fix: `Set it to ${wanted}.` }];
  });
  if (wrong.length > 0) return wrong;
  return [{ area: 'host.json', what: 'host.json', status: 'ok', message: 'has what the app needs', fix: null }];
}

/** Of `hh:mm:ss`; null for anything else. */
function secondsOf(value: unknown): number | null {
  const [, days = '0', hours, minutes, seconds] = /^(?:(\d+)\.)?(\d+):(\d+):(\d+)$/.exec(String(value)) ?? [];
  if (hours === undefined) return null;
  return Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

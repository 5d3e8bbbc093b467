import { alertsFile, type AlertsConfig } from '../../../src/config/schema/alerts';
import type { AlertSubject } from '../../../src/model/alert';
import { isStorm } from '../../../src/monitoring/is-storm';
import { firstDueOf, ladderOf } from '../../../src/monitoring/ladder-of';
import { groupKeyOf, matches, routesOf, severityOf } from '../../../src/monitoring/match-alert';
import { heldUntil, maintenanceOf } from '../../../src/monitoring/quiet-hours';

const subject = (more: Partial<AlertSubject> = {}): AlertSubject => ({
  kind: 'run-failed',
  severity: 'error',
  pipeline: 'flights',
  runId: 'run-1',
  connection: 'warehouse',
  failureClass: 'transient',
  code: 'target-missing',
  owner: null,
  tags: { layer: 'fact' },
  title: 't',
  what: 'w',
  data: 'd',
  todo: 'x',
  runbook: null,
  ...more,
});
const ladder = [{ notify: ['log'] }];
const config = (more: object): AlertsConfig =>
  alertsFile.parse({ channels: { log: { kind: 'log' } }, routes: [], ...more });

describe('what is meant', () => {
  test.each([
    [{}, true],
    [{ pipelines: ['flights'] }, true],
    [{ pipelines: ['fl*'] }, true],
    [{ pipelines: ['*ghts', 'x'] }, true],
    [{ pipelines: ['flight'] }, false],
    [{ tags: { layer: 'fact' } }, true],
    [{ tags: { layer: 'fact', team: 'a' } }, false],
    [{ severities: ['error', 'critical'] }, true],
    [{ severities: ['critical'] }, false],
    [{ classes: ['transient'] }, true],
    [{ classes: ['business'] }, false],
    [{ kinds: ['run-failed'] }, true],
    [{ kinds: ['anomaly'], pipelines: ['flights'] }, false],
  ])('%j: %s', (match, expected) => {
    const [route] = config({ routes: [{ name: 'r', match, ladder }] }).routes;
    expect(matches(route!.match, subject())).toBe(expected);
  });

  test('an alert of no pipeline is none of the named ones, and has no class', () => {
    const [route] = config({ routes: [{ name: 'r', match: { pipelines: ['*'] }, ladder }] }).routes;
    expect(matches(route!.match, subject({ pipeline: null }))).toBe(false);
    const [other] = config({ routes: [{ name: 'r', match: { classes: ['transient'] }, ladder }] }).routes;
    expect(matches(other!.match, subject({ failureClass: null }))).toBe(false);
  });

  test('the first route that fits is taken, and further ones where it says so', () => {
    const routes = (names: readonly [string, object][]) =>
      config({ routes: names.map(([name, more]) => ({ name, ladder, ...more })) });
    const named = (of: AlertsConfig) => routesOf(of, subject()).map(({ name }) => name);
    expect(
      named(
        routes([
          ['no', { match: { kinds: ['test'] } }],
          ['one', {}],
          ['two', {}],
        ]),
      ),
    ).toEqual(['one']);
    expect(
      named(
        routes([
          ['one', { continue: true }],
          ['two', {}],
          ['three', {}],
        ]),
      ),
    ).toEqual(['one', 'two']);
    expect(named(routes([]))).toEqual([]);
  });

  test('severity is what alerts.yaml makes of it', () => {
    const given = config({
      severities: [{ match: { tags: { layer: 'fact' } }, severity: 'critical' }, { severity: 'info' }],
    });
    expect(severityOf(given, subject())).toBe('critical');
    expect(severityOf(given, subject({ tags: {} }))).toBe('info');
    expect(severityOf(null, subject())).toBe('error');
  });

  test('alerts that are alike are one group', () => {
    const route = (groupBy?: string[]) =>
      config({ routes: [{ name: 'r', ladder, ...(groupBy && { groupBy }) }] }).routes[0]!;
    const keys = (groupBy: string[] | undefined, ...alerts: AlertSubject[]) =>
      new Set(alerts.map((alert) => groupKeyOf(route(groupBy), alert))).size;
    expect(keys(undefined, subject(), subject({ code: 'other' }))).toBe(1);
    expect(keys(undefined, subject(), subject({ pipeline: 'airports' }))).toBe(2);
    expect(keys(['code', 'class'], subject(), subject({ code: 'other' }))).toBe(2);
    expect(keys([], subject(), subject({ pipeline: 'airports', code: 'other' }))).toBe(1);
    expect(keys(['run'], subject(), subject({ runId: 'run-2' }))).toBe(2);
  });
});

describe('quiet hours', () => {
  const night = config({
    quietHours: {
      night: { from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' },
      weekend: { from: '20:00', to: '08:00', days: ['sat'] },
    },
  }).quietHours;
  const until = (at: string, severity: AlertSubject['severity'] = 'error', name = 'night'): string | null => {
    const held = heldUntil(night[name], severity, Date.parse(at));
    return held === null ? null : new Date(held).toISOString();
  };

  test('hold back until they end, by the wall clock, over midnight', () => {
    expect(until('2026-01-10T20:59:00Z')).toBeNull();
    expect(until('2026-01-10T21:00:00Z')).toBe('2026-01-11T05:00:00.000Z');
    expect(until('2026-01-11T04:59:59Z')).toBe('2026-01-11T05:00:00.000Z');
    expect(until('2026-01-11T05:00:00Z')).toBeNull();
  });

  test('the night in which clocks change is shorter or longer', () => {
    expect(until('2026-03-28T22:00:00Z')).toBe('2026-03-29T04:00:00.000Z');
    expect(until('2026-10-24T21:00:00Z')).toBe('2026-10-25T05:00:00.000Z');
  });

  test('what is critical is told all the same, and other days are not quiet', () => {
    expect(until('2026-01-10T23:00:00Z', 'critical')).toBeNull();
    expect(until('2026-01-10T21:00:00Z', 'error', 'weekend')).toBe('2026-01-11T08:00:00.000Z');
    expect(until('2026-01-11T21:00:00Z', 'error', 'weekend')).toBeNull();
    expect(heldUntil(undefined, 'info', 0)).toBeNull();
  });
});

describe('maintenance', () => {
  const { maintenance } = config({
    maintenance: [
      {
        reason: 'the warehouse moves',
        pipelines: ['fl*'],
        from: '2026-01-01T00:00:00Z',
        to: '2026-01-01T06:00:00+01:00',
      },
      { reason: 'backup', every: { at: '02:00', timeZone: 'Europe/Berlin', days: ['sun'] }, lasts: '2h' },
    ],
  });
  const at = (time: string, pipeline: string | null = 'flights') =>
    maintenanceOf(maintenance, { pipeline }, Date.parse(time));

  test('happens once, for some pipelines', () => {
    expect(at('2025-12-31T23:59:59Z')).toBeNull();
    expect(at('2026-01-01T01:00:00Z')).toEqual({
      reason: 'the warehouse moves',
      untilMs: Date.parse('2026-01-01T05:00:00Z'),
    });
    expect(at('2026-01-01T05:00:00Z')).toBeNull();
    expect(at('2026-01-01T01:00:00Z', 'airports')).toBeNull();
  });

  test('comes again, for all', () => {
    expect(at('2026-01-11T01:00:00Z', null)).toEqual({ reason: 'backup', untilMs: Date.parse('2026-01-11T03:00:00Z') });
    expect(at('2026-01-11T03:00:00Z', null)).toBeNull();
    expect(at('2026-01-12T01:30:00Z', null)).toBeNull();
  });
});

test('a storm is more groups than people can read, of late', () => {
  const storm = { most: 3, perMs: 600_000 };
  expect(isStorm([1000, 2000], storm, 3000)).toBe(false);
  expect(isStorm([1000, 2000, 2500], storm, 3000)).toBe(true);
  expect(isStorm([1000, 2000, 2500], storm, 601_500)).toBe(false);
});

test('a route becomes a ladder', () => {
  const given = config({
    channels: { log: { kind: 'log', otherwise: 'second' }, second: { kind: 'log' } },
    routes: [
      { name: 'r', groupInterval: '5m', repeat: '1h', ladder: [{ notify: ['log'], wait: '1m' }, { action: 'pause' }] },
      { name: 'd', ladder, digest: { at: '08:00', timeZone: 'Europe/Berlin' } },
    ],
  });
  expect(ladderOf(given.routes[0]!, given)).toEqual({
    levels: [
      { notify: ['log'], action: null, waitMs: 60_000 },
      { notify: [], action: 'pause', waitMs: 900_000 },
    ],
    intervalMs: 300_000,
    repeatMs: 3_600_000,
    digest: false,
    otherwise: { log: 'second' },
  });
  expect(firstDueOf(given.routes[0]!, 1000)).toBe(31_000);
  expect(new Date(firstDueOf(given.routes[1]!, Date.parse('2026-01-01T07:00:00Z'))).toISOString()).toBe(
    '2026-01-02T07:00:00.000Z',
  );
});

import { didYouMean } from '../../model/closest';
import { durationMs } from '../../model/duration';
import type { Problem } from '../project';
import type { AlertsConfig, MaintenanceWindow } from '../schema/alerts';
import type { Place } from '../yaml/located';
import { formatPath, type YamlPath } from '../yaml/yaml-path';
import { isTimeZone, unknownTimeZone } from './time-zone';

type Locate = (path: YamlPath) => Place & { readonly value: string | null };
type Report = (path: YamlPath, code: string, message: string, fix: string) => void;

/** What a schema cannot say of alerts.yaml: names that lead somewhere, times that are some, channels that end. */
export function checkAlerts(alerts: AlertsConfig, pipelines: readonly string[], locate: Locate): Problem[] {
  const problems: Problem[] = [];
  const reporter =
    (severity: Problem['severity']): Report =>
    (path, code, message, fix) =>
      void problems.push({ ...locate(path), path: formatPath(path), code, message, fix, severity });
  const report = reporter('error');
  checkChannels(alerts, report);
  checkRoutes(alerts, report);
  checkTimes(alerts, report);
  checkPatterns(alerts, pipelines, reporter('warning'));
  return problems;
}

function checkChannels({ channels }: AlertsConfig, report: Report): void {
  const names = Object.keys(channels);
  for (const [name, channel] of Object.entries(channels)) {
    const next = channel.otherwise;
    if (next !== undefined && !names.includes(next)) {
      const fix = didYouMean(next, names, 'channels');
      report(['channels', name, 'otherwise'], 'unknown-channel', `there is no channel '${next}'`, fix);
    } else if (next !== undefined && leadsTo(channels, next, name)) {
      const message = `'${name}' is taken again where '${next}' fails`;
      report(['channels', name, 'otherwise'], 'channel-cycle', message, 'Let the last of them have no otherwise.');
    }
    if ('host' in channel || !('url' in channel) || !channel.url.startsWith('${secret:')) continue;
    const message = 'a secret address may lead anywhere';
    report(
      ['channels', name],
      'missing-host',
      message,
      "Add host: the name of the host that the address has, such as 'hooks.example.com'.",
    );
  }
}

/** Whether channel after channel leads from one to another. */
function leadsTo(channels: AlertsConfig['channels'], from: string, to: string): boolean {
  let current: string | undefined = from;
  for (let steps = 0; current !== undefined && steps <= Object.keys(channels).length; steps++) {
    if (current === to) return true;
    current = channels[current]?.otherwise;
  }
  return false;
}

function checkRoutes({ routes, channels, quietHours }: AlertsConfig, report: Report): void {
  const names = Object.keys(channels);
  const seen = new Set<string>();
  routes.forEach((route, index) => {
    const path = ['routes', index];
    if (seen.has(route.name)) {
      report(
        [...path, 'name'],
        'duplicate-route',
        `there are two routes '${route.name}'`,
        'Give one of the two another name.',
      );
    }
    seen.add(route.name);
    route.ladder.forEach(({ notify, action }, level) => {
      if (notify.length === 0 && action === undefined) {
        report(
          [...path, 'ladder', level],
          'empty-level',
          'nobody is told and nothing is done',
          'Add notify or action.',
        );
      }
      notify.forEach((channel, at) => {
        if (names.includes(channel)) return;
        const fix = didYouMean(channel, names, 'channels');
        report([...path, 'ladder', level, 'notify', at], 'unknown-channel', `there is no channel '${channel}'`, fix);
      });
    });
    if (route.digest !== undefined && (route.ladder.length > 1 || route.ladder[0]?.action !== undefined)) {
      const fix = 'Leave one level with notify, or take digest away.';
      report([...path, 'digest'], 'digest-with-ladder', 'a digest escalates nothing', fix);
    }
    if (route.quietHours !== undefined && !Object.hasOwn(quietHours, route.quietHours)) {
      const message = `there are no quiet hours '${route.quietHours}'`;
      const fix = didYouMean(route.quietHours, Object.keys(quietHours), 'quiet hours');
      report([...path, 'quietHours'], 'unknown-quiet-hours', message, fix);
    }
  });
}

function checkTimes({ quietHours, maintenance, routes }: AlertsConfig, report: Report): void {
  const zone = (path: YamlPath, timeZone: string): void => {
    if (!isTimeZone(timeZone)) report([...path, 'timeZone'], ...unknownTimeZone(timeZone));
  };
  for (const [name, { from, to, timeZone }] of Object.entries(quietHours)) {
    const path = ['quietHours', name];
    zone(path, timeZone);
    if (from === to)
      report([...path, 'to'], 'empty-range', `they end when they begin, at ${to}`, 'Write another time.');
  }
  routes.forEach(({ digest }, index) => {
    if (digest !== undefined) zone(['routes', index, 'digest'], digest.timeZone);
  });
  maintenance.forEach((window, index) => {
    const path = ['maintenance', index];
    if (window.every !== undefined) zone([...path, 'every'], window.every.timeZone);
    const fault = faultOf(window);
    if (fault !== null) report(path, 'invalid-window', fault, 'Write from and to, or every and lasts.');
  });
}

function faultOf({ from, to, every, lasts }: MaintenanceWindow): string | null {
  const [once, again] = [from !== undefined || to !== undefined, every !== undefined || lasts !== undefined];
  if (once && again) return 'it happens once and comes again';
  if (again) {
    if (every === undefined || lasts === undefined) return 'it says not when it begins, or not how long it lasts';
    return durationMs(lasts) > 6 * 86_400_000 ? `it lasts ${lasts}, more than six days` : null;
  }
  if (from === undefined || to === undefined) return 'it says not when it begins, or not when it ends';
  return Date.parse(from) < Date.parse(to) ? null : 'it ends before it begins';
}

function checkPatterns(alerts: AlertsConfig, pipelines: readonly string[], warn: Report): void {
  const check = (patterns: readonly string[] | undefined, path: YamlPath): void => {
    patterns?.forEach((pattern, index) => {
      if (pattern.includes('*') || pipelines.includes(pattern)) return;
      const fix = didYouMean(pattern, pipelines, 'pipelines');
      warn([...path, index], 'unknown-pipeline', `there is no pipeline '${pattern}'`, fix);
    });
  };
  alerts.routes.forEach(({ match }, index) => check(match.pipelines, ['routes', index, 'match', 'pipelines']));
  alerts.severities.forEach(({ match }, index) => check(match.pipelines, ['severities', index, 'match', 'pipelines']));
  alerts.maintenance.forEach((window, index) => check(window.pipelines, ['maintenance', index, 'pipelines']));
}

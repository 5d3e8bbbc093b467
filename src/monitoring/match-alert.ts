import type { AlertMatch, AlertRoute, AlertsConfig } from '../config/schema/alerts';
import type { AlertSeverity, AlertSubject } from '../model/alert';

/** Whether an alert is one of those that are meant: all that is said must fit. */
export function matches(match: AlertMatch, alert: AlertSubject): boolean {
  const { pipelines, tags, severities, classes, kinds } = match;
  if (pipelines !== undefined && !namesPipeline(pipelines, alert.pipeline)) return false;
  if (tags !== undefined && Object.entries(tags).some(([name, value]) => alert.tags[name] !== value)) return false;
  if (severities !== undefined && !severities.includes(alert.severity)) return false;
  if (classes !== undefined && (alert.failureClass === null || !classes.includes(alert.failureClass))) return false;
  return kinds === undefined || kinds.includes(alert.kind);
}

/** Whether one of the patterns means the pipeline; `*` stands for any part of a name. */
export function namesPipeline(patterns: readonly string[], pipeline: string | null): boolean {
  if (pipeline === null) return false;
  return patterns.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[^a-z0-9_-]/g, ''));
    return new RegExp(`^${parts.join('.*')}$`).test(pipeline);
  });
}

/** How bad an alert is, by what the configuration says of it. */
export function severityOf(config: AlertsConfig | null, alert: AlertSubject): AlertSeverity {
  return config?.severities.find(({ match }) => matches(match, alert))?.severity ?? alert.severity;
}

/** The routes that an alert takes: the first that fits, and those after it as long as each says so. */
export function routesOf(config: AlertsConfig, alert: AlertSubject): AlertRoute[] {
  const taken: AlertRoute[] = [];
  for (const route of config.routes) {
    if (!matches(route.match, alert)) continue;
    taken.push(route);
    if (!route.continue) break;
  }
  return taken;
}

/** What makes alerts of a route one group. */
export function groupKeyOf(route: AlertRoute, alert: AlertSubject): string {
  const values = { ...alert, class: alert.failureClass, run: alert.runId };
  return JSON.stringify([route.name, ...route.groupBy.map((part) => values[part])]);
}

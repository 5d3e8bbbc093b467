import type { FunctionRoute } from '../http/function-routes';
import { bindingText } from '../worker/binding-text';
import type { LoadedFunction } from '../worker/function-app';
import { resolveSettings } from './resolve-setting';
import type { UnavailableFunction } from './supported-bindings';

/** Groups in the order in which a developer looks for them. */
const KINDS: readonly (readonly [type: string, heading: string])[] = [
  ['httptrigger', 'HTTP'],
  ['timertrigger', 'Timers'],
  ['blobtrigger', 'Blobs'],
  ['eventgridtrigger', 'Event Grid'],
  ['orchestrationtrigger', 'Orchestrators'],
  ['activitytrigger', 'Activities'],
  ['entitytrigger', 'Entities'],
  ['warmuptrigger', 'Warm-up'],
];
const WIDTH = 110;

/** What the app has and where to reach it, as text for the console. */
export function functionTable(
  functions: readonly LoadedFunction[],
  routes: readonly FunctionRoute[],
  unavailable: readonly UnavailableFunction[],
  baseUrl: string,
): string {
  const served = functions.filter(({ name }) => !unavailable.some((other) => other.name === name));
  const sections = KINDS.flatMap(([type, heading]) => {
    const members = served.filter(({ trigger }) => trigger.type.toLowerCase() === type);
    return members.length === 0 ? [] : [`${heading}\n${linesOf(type, members, routes, baseUrl)}`];
  });
  if (unavailable.length > 0) {
    const lines = unavailable.map(({ name, reason }) => `  ${name}: ${reason}`);
    sections.push(`Not run\n${lines.join('\n')}`);
  }
  return sections.join('\n\n');
}

function linesOf(
  type: string,
  members: readonly LoadedFunction[],
  routes: readonly FunctionRoute[],
  baseUrl: string,
): string {
  if (type === 'httptrigger') return columns(members.map(({ name }) => httpLine(name, routes, baseUrl)));
  if (type === 'timertrigger')
    return columns(members.map(({ name, trigger }) => [name, resolveSettings(bindingText(trigger, 'schedule'))]));
  if (type === 'blobtrigger')
    return columns(members.map(({ name, trigger }) => [name, resolveSettings(bindingText(trigger, 'path'))]));
  if (type === 'eventgridtrigger') {
    return columns(members.map(({ name }) => [name, `${baseUrl}/runtime/webhooks/EventGrid?functionName=${name}`]));
  }
  return wrap(members.map(({ name }) => name));
}

function httpLine(name: string, routes: readonly FunctionRoute[], baseUrl: string): string[] {
  const route = routes.find(({ functionName }) => functionName === name);
  const methods = route === undefined || route.methods.length === 0 ? 'any' : route.methods.join(',');
  return [name, `[${methods}]`, `${baseUrl}${route?.path ?? ''}`];
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}

function wrap(names: readonly string[]): string {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length + 2 <= WIDTH) lines[lines.length - 1] = `${last}, ${name}`;
    else lines.push(`  ${name}`);
  }
  return lines.join('\n');
}

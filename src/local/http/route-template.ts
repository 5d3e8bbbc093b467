import { constraintTest } from './route-constraints';
import { HostConfigError } from '../host/host-config-error';

/** Parameters of a route by name, decoded; optional ones that are absent have no entry. */
export type RouteParams = Readonly<Record<string, string>>;

/** A route that can be matched with paths. */
export interface RouteTemplate {
  /** Returns the parameters, or undefined where the path is another one. Takes the raw path, percent-encoded. */
  match(rawPath: string): RouteParams | undefined;
  /** Sorts routes: of two that match, the one with the lower rank is the more specific. */
  readonly rank: string;
}

interface Parameter {
  readonly name: string;
  readonly optional: boolean;
  readonly catchAll: boolean;
  readonly tests: readonly ((value: string) => boolean)[];
}

interface Segment {
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
}

const PARAMETER = /\{(\*{0,2})([^{}?:=]+)((?::(?:[^{}]|\{[^{}]*\})+?)?)(\??)\}/g;

/**
 * Compiles a route of an HTTP function, written as in ASP.NET Core: `a/{b}/{c?}`, `{id:int}`, `{*rest}`, `{name}.{type}`.
 * https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-templates
 * @throws {HostConfigError} for a constraint that ASP.NET Core does not have.
 */
export function compileRoute(template: string): RouteTemplate {
  const segments = split(template).map((text) => compileSegment(text, template));
  return {
    rank: segments.map(rankOf).join(''),
    match(rawPath) {
      const parts = split(rawPath).map(decodeSegment);
      const params: Record<string, string> = {};
      for (const [index, { pattern, parameters }] of segments.entries()) {
        const [first] = parameters;
        if (first?.catchAll === true) return accept(params, first, parts.slice(index).join('/')) ? params : undefined;
        const part = parts[index];
        if (part === undefined) {
          if (first?.optional === true) continue;
          return undefined;
        }
        const found = pattern.exec(part);
        if (found === null) return undefined;
        const fits = parameters.every((parameter, place) => accept(params, parameter, found[place + 1] ?? ''));
        if (!fits) return undefined;
      }
      return parts.length > segments.length ? undefined : params;
    },
  };
}

function accept(params: Record<string, string>, parameter: Parameter, value: string): boolean {
  if (value === '') return parameter.optional || parameter.catchAll;
  if (!parameter.tests.every((test) => test(value))) return false;
  params[parameter.name] = value;
  return true;
}

function compileSegment(text: string, template: string): Segment {
  const parameters: Parameter[] = [];
  let pattern = '';
  let end = 0;
  for (const found of text.matchAll(PARAMETER)) {
    const [whole, stars = '', name = '', constraints = '', optional = ''] = found;
    pattern += `${escape(text.slice(end, found.index))}(.+)`;
    end = found.index + whole.length;
    const tests = constraints.match(/:(?:\([^)]*\)|[^:(])+(?:\((?:[^()]|\([^()]*\))*\))?/g) ?? [];
    parameters.push({
      name: name.trim(),
      optional: optional === '?',
      catchAll: stars !== '',
      tests: tests.map((constraint) => {
        const test = constraintTest(constraint.slice(1));
        if (test !== undefined) return test;
        throw new HostConfigError(
          `The route "${template}" has the constraint "${constraint.slice(1)}", which is not known.`,
          'Use a constraint of ASP.NET Core, such as int, guid, alpha, length(1,5) or regex(...).',
        );
      }),
    });
  }
  pattern += escape(text.slice(end));
  return { pattern: new RegExp(`^${pattern}$`, 'i'), parameters };
}

/** Literals before constrained parameters before others before catch-alls, segment by segment. */
function rankOf({ parameters }: Segment): string {
  if (parameters.length === 0) return '1';
  if (parameters.some(({ catchAll }) => catchAll)) return '5';
  return parameters.some(({ tests }) => tests.length > 0) ? '2' : '3';
}

function split(path: string): string[] {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

/** An encoded slash stays as it is, as on the real host; so does what is no valid encoding. */
function decodeSegment(segment: string): string {
  return segment
    .split(/(%2f)/i)
    .map((part) => {
      if (/^%2f$/i.test(part)) return part;
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    })
    .join('');
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

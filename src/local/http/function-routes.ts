import type { LoadedFunction } from '../worker/function-app';
import { compileRoute, type RouteParams, type RouteTemplate } from './route-template';

/** An HTTP function and where it is reached. */
export interface FunctionRoute {
  readonly functionName: string;
  /** Upper case; empty takes any. */
  readonly methods: readonly string[];
  /** With the prefix and a leading slash, as written in the app. */
  readonly path: string;
  readonly template: RouteTemplate;
}

/** The routes of the app's HTTP functions, the most specific first. A function without a route is at its name. */
export function functionRoutes(functions: readonly LoadedFunction[], routePrefix: string): FunctionRoute[] {
  return functions
    .filter(({ trigger }) => trigger.type.toLowerCase() === 'httptrigger')
    .map(({ name, trigger }) => {
      const route = typeof trigger['route'] === 'string' ? trigger['route'].replace(/^\/+/, '') : name;
      const path = `/${[routePrefix, route].filter((part) => part !== '').join('/')}`;
      const methods = Array.isArray(trigger['methods'])
        ? trigger['methods'].map((method) => String(method).toUpperCase())
        : [];
      return { functionName: name, methods, path, template: compileRoute(path) };
    })
    .sort((a, b) => (a.template.rank < b.template.rank ? -1 : a.template.rank > b.template.rank ? 1 : 0));
}

/** The first route that takes method and path. A wrong method is no match: the real host answers it with 404. */
export function findRoute(
  routes: readonly FunctionRoute[],
  method: string,
  rawPath: string,
): { readonly route: FunctionRoute; readonly params: RouteParams } | undefined {
  for (const route of routes) {
    if (route.methods.length > 0 && !route.methods.includes(method)) continue;
    const params = route.template.match(rawPath);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

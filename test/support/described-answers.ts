import type { BrowserContext } from 'playwright-core';
import type { z } from 'zod';
import { DESCRIPTIONS } from '../../src/triggers/http/openapi/descriptions';
import { problem } from '../../src/triggers/http/openapi/schemas/common';
import type { RouteDescription } from '../../src/triggers/http/openapi/route-description';
import { ROUTES } from '../../src/triggers/http/routes';

/** Holds every answer of the API that a browser gets to the description of its route. */
export function watchAnswers(context: BrowserContext): { differences(): Promise<readonly string[]>; routes(): number } {
  const looks: Promise<string | null>[] = [];
  const seen = new Set<string>();
  context.on('response', (response) => {
    const { pathname } = new URL(response.url());
    const method = response.request().method();
    const route = ROUTES.find((each) => each.method === method && matches(each.route, pathname));
    const type = response.headers()['content-type'] ?? '';
    if (route === undefined || !type.includes('json') || response.fromServiceWorker()) return;
    const { answer } = (DESCRIPTIONS as Readonly<Record<string, RouteDescription | undefined>>)[route.name] ?? {};
    const schema: z.ZodType | undefined = response.ok() ? answer?.schema : problem;
    seen.add(route.name);
    looks.push(
      response.json().then(
        (json) => {
          const parsed = schema?.safeParse(json);
          if (parsed?.success !== false) return null;
          return `${method} ${pathname} (${response.status()}): ${parsed.error.message}`;
        },
        // The tab was closed meanwhile.
        () => null,
      ),
    );
  });
  return {
    differences: async () => (await Promise.all(looks.splice(0))).filter((look) => look !== null),
    routes: () => seen.size,
  };
}

function matches(route: string, pathname: string): boolean {
  const pattern = route.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^/api/${pattern}$`).test(pathname);
}

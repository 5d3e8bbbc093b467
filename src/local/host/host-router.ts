import { hostname } from 'node:os';
import { findRoute, type FunctionRoute } from '../http/function-routes';
import type { HttpAnswer } from '../http/http-answer';
import { runHttpFunction, type HttpCall } from '../http/http-function';
import type { HttpHandler } from '../http/http-server';
import type { FunctionRunner } from './run-function';

/** What the router serves. */
export interface HostRouterOptions {
  readonly routes: readonly FunctionRoute[];
  readonly run: FunctionRunner;
  /** Handlers of `/runtime/webhooks/<extension>/`, by extension in lower case. */
  readonly webhooks: Readonly<Record<string, HttpHandler>>;
  /** Handler of `POST /admin/functions/<name>`: runs a timer function now. */
  readonly runNow: (functionName: string) => Promise<HttpAnswer>;
}

const HOME_PAGE =
  '<!DOCTYPE html><html><head><title>Functions host</title></head><body><h1>The function app is up and running</h1></body></html>\n';

/** Sends a request to where the real host would: functions, webhooks of extensions, admin API, home page, else 404. */
export function createHostRouter({ routes, run, webhooks, runNow }: HostRouterOptions): HttpHandler {
  return async (call) => {
    const found = findRoute(routes, call.method, call.path);
    if (found !== undefined) return runHttpFunction(run, found.route.functionName, call, found.params);
    const extension = /^\/runtime\/webhooks\/([^/]+)(?:\/|$)/i.exec(call.path)?.[1]?.toLowerCase();
    if (extension !== undefined) return (await webhooks[extension]?.(call)) ?? { status: 404 };
    if (call.path === '/' && /^(GET|HEAD)$/.test(call.method)) {
      return { status: 200, headers: { 'content-type': 'text/html' }, body: HOME_PAGE };
    }
    return admin(call, runNow);
  };
}

async function admin(call: HttpCall, runNow: HostRouterOptions['runNow']): Promise<HttpAnswer> {
  const path = call.path.toLowerCase();
  if (path === '/admin/host/status' && call.method === 'GET') return json(hostStatus());
  if (path === '/admin/host/ping') return { status: 200 };
  const name = /^\/admin\/functions\/([^/]+)$/i.exec(call.path)?.[1];
  if (name !== undefined && call.method === 'POST') return runNow(name);
  return { status: 404 };
}

function hostStatus(): object {
  return {
    id: hostname().toLowerCase(),
    state: 'Running',
    version: '4.1037.0.0',
    versionDetails: 'Sluice embedded host',
    platformVersion: '',
    instanceId: '',
    computerName: hostname(),
    processUptime: Math.round(process.uptime() * 1000),
    functionAppContentEditingState: 'NotAllowed',
    extensionBundle: null,
  };
}

function json(value: unknown): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(value),
  };
}

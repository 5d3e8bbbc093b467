import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { handle, type Route } from '../../../src/triggers/http/handle';
import { readRunbook } from '../../../src/triggers/http/read-runbook';
import { serveDashboard, serveDashboardAsset } from '../../../src/triggers/http/serve-dashboard';
import { whoAmI } from '../../../src/triggers/http/who-am-i';
import { testServices, type TestServices } from './test-services';

let services: TestServices;
beforeAll(async () => {
  services = await testServices();
  await mkdir(path.join(services.folder, 'dashboard/assets'), { recursive: true });
  await mkdir(path.join(services.folder, 'runbooks'));
  await writeFile(path.join(services.folder, 'dashboard/index.html'), '<script src="{{base}}/assets/a.js"></script>');
  await writeFile(path.join(services.folder, 'dashboard/assets/page-ABCD1234.js'), 'let a;');
  await writeFile(path.join(services.folder, 'runbooks/checks-failed.md'), '# checks-failed\n\nWhat to do.\n');
});

async function get(route: Route, address: string, params: Record<string, string> = {}) {
  const request = new HttpRequest({ method: 'GET', url: `http://app.test${address}`, params });
  const context = { invocationId: 'i' } as unknown as InvocationContext;
  const answer = (await handle(services, route)(request, {} as never, context)) as HttpResponseInit;
  const headers = new Headers(answer.headers as Record<string, string>);
  return { status: answer.status ?? 200, headers, body: (answer.body ?? '') as string, json: answer.jsonBody };
}

test('the page knows its address, loads nothing from elsewhere, and nobody may frame it', async () => {
  const page = await get(serveDashboard, '/prefix/api/dashboard/');
  expect(page.body).toBe('<script src="/prefix/api/dashboard/assets/a.js"></script>');
  const policy = page.headers.get('content-security-policy')!;
  expect(policy).not.toMatch(/unsafe|https?:|\*|data:/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("default-src 'none'");
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  expect(page.headers.get('cache-control')).toBe('no-cache');
});

test('a file of the page is one content for ever', async () => {
  const asset = await get(serveDashboardAsset, '/api/dashboard/assets/x', { file: 'page-ABCD1234.js' });
  expect(asset).toMatchObject({ status: 200, body: 'let a;' });
  expect(asset.headers.get('cache-control')).toContain('immutable');
  expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
});

test.each(['../index.html', '..%2Findex.html', 'page-ABCD1234.js.map', 'page-ABCD0000.js', 'index.html', ''])(
  'nothing else is a file of the page: %s',
  async (file) => {
    const answer = await get(serveDashboardAsset, '/api/dashboard/assets/x', { file });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  },
);

test('a runbook is read by its code, and nothing else is', async () => {
  expect((await get(readRunbook, '/api/runbooks/checks-failed', { code: 'checks-failed' })).json).toEqual({
    code: 'checks-failed',
    title: 'checks-failed',
    markdown: '# checks-failed\n\nWhat to do.\n',
  });
  for (const code of ['../connections', 'no-such-code', 'README', '']) {
    expect((await get(readRunbook, '/api/runbooks/x', { code })).status).toBe(404);
  }
});

test('who asks is told what they may do', async () => {
  expect((await get(whoAmI, '/api/me')).json).toEqual({
    name: 'local:ann',
    role: 'admin',
    auth: 'functionKey',
    environment: 'local',
  });
});

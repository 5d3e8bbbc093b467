import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../src/durable/contracts/run-record';
import { createStores } from '../../src/state/create-stores';
import { cut } from '../support/demo-cuts';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

/** The timers of a whole app, set off by hand as the host allows. */
describe('timers', () => {
  let app: SluiceApp;
  beforeAll(async () => {
    const trigger = "trigger: { schedule: { cron: '0 * * * *', missed: all } }\n\nsource:";
    app = await startSluiceApp({ edit: { 'birdstrikes.yaml': (yaml) => yaml.replace('\nsource:', `\n${trigger}`) } });
    await app.land('landing', 'birdstrikes/birdstrikes.csv', await cut('b.csv', 'FROM birdstrikes LIMIT 100'));
  });
  afterAll(() => app.stop());
  const fire = async (timer: string): Promise<number> =>
    (
      await fetch(`${app.baseUrl}/admin/functions/${timer}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
    ).status;

  test('ticks at once start one run for each due time that was missed, and the data is loaded once', async () => {
    // As if the app had been away for three hours and a half.
    const stores = createStores({ storageSetting: 'S', env: { S: app.storage.connectionString } });
    const cursor = new Date(Date.now() - 3.5 * 3_600_000).toISOString();
    const rewind = async (): Promise<boolean> =>
      stores.cursors.move('birdstrikes', await stores.cursors.get('birdstrikes'), cursor);
    // Again where a tick of the host's own came between.
    while (!(await rewind()));

    const statuses = await Promise.all(Array.from({ length: 4 }, () => fire('schedule-tick')));
    expect(statuses).toEqual([202, 202, 202, 202]);
    let runs: readonly RunRecord[] = [];
    for (const deadline = Date.now() + 30_000; runs.length < 3 && Date.now() < deadline; await sleep(200)) {
      runs = (await app.request('GET', '/api/runs?pipeline=birdstrikes')).json.runs;
    }
    await fire('schedule-tick');
    const ended = await Promise.all(runs.map(({ runId }) => app.ended(runId)));
    runs = (await app.request('GET', '/api/runs?pipeline=birdstrikes')).json.runs;

    const dueAt = runs.map(({ trigger }) => (trigger.kind === 'schedule' ? trigger.dueAt : ''));
    expect(new Set(dueAt).size).toBe(dueAt.length);
    expect(dueAt.length).toBe(
      Math.floor(Date.parse(dueAt[0]!) / 3_600_000) - Math.floor(Date.parse(cursor) / 3_600_000),
    );
    for (const due of dueAt) expect(due).toMatch(/:00:00\.000Z$/);
    expect(ended.map(({ status }) => status)).toEqual(ended.map(() => 'Succeeded'));
    expect(ended.filter(({ counts }) => counts.read > 0)).toHaveLength(1);
  });

  test('maintenance runs through and leaves what is in use alone', async () => {
    expect(await fire('start-maintenance')).toBe(202);
    let instance: { runtimeStatus?: string; output?: { failures: unknown[]; reports: { count: number }[] } } = {};
    for (
      const deadline = Date.now() + 30_000;
      instance.runtimeStatus !== 'Completed' && Date.now() < deadline;
      await sleep(200)
    ) {
      const answer = await fetch(`${app.baseUrl}/runtime/webhooks/durabletask/instances/maintenance`);
      // 202 while it runs, 404 before.
      if (answer.ok) instance = (await answer.json()) as typeof instance;
    }
    expect(instance.output).toMatchObject({
      failures: [],
      reports: Array.from({ length: 5 }, () => ({ count: 0 })),
    });
  });
});

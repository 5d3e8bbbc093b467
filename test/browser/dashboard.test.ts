import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { source as axe } from 'axe-core';
import type { Page } from 'playwright-core';
import { describeInBrowser, startBrowser, type TestBrowser } from '../support/browser';
import { cut } from '../support/demo-cuts';
import { watchAnswers } from '../support/described-answers';
import { startHeldSource, type HeldSource } from '../support/held-source';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';

/** A folder to keep pictures of every view in; none are made where it is not set. */
const PICTURES = process.env['SLUICE_SCREENSHOTS'];

const PARAMETER = `parameters:
  longest: { type: integer, default: 5000, description: 'Miles; flights that are longer are errors.' }

source:`;
const CHECK = `  - expression: { sql: 'distance <= \${param:longest}', name: plausible distance, maxFailures: 1% }

quarantine:`;
const TICKS = `pipeline: ticks
description: A source that answers when it likes.
owner: platform
sla: { freshness: 1d }
source: { connection: clocked, request: { path: /ticks }, columns: { id: integer } }
target: { connection: warehouse, table: aviation.ticks, writeDisposition: replace }
`;

/** Fails whenever it runs. */
const GHOSTS = `pipeline: ghosts
source: { connection: landing, files: airports/airports.csv, columns: { iata: string } }
checks: [{ expression: { sql: "iata = 'none'", name: nobody is there, onFailure: fail } }]
target: { connection: warehouse, table: aviation.ghosts, writeDisposition: replace }
`;

/** The page in a real browser, on real runs of a real app. The tests follow each other as an operator's night does. */
describeInBrowser("the operators' page", () => {
  let app: SluiceApp;
  let source: HeldSource;
  let browser: TestBrowser;
  let page: Page;
  let failedRun = '';
  let answers: ReturnType<typeof watchAnswers>;

  beforeAll(async () => {
    source = await startHeldSource();
    app = await startSluiceApp({
      edit: {
        'flights.yaml': (yaml) => yaml.replace('source:', PARAMETER).replace('\nquarantine:', CHECK),
        'connections.yaml': (yaml) =>
          `${yaml}\n  clocked:\n    kind: http\n    baseUrl: ${source.baseUrl}\n    timeout: 10m\n`,
      },
    });
    await writeFile(path.join(app.pipelinesFolder, 'ticks.yaml'), TICKS);
    await writeFile(path.join(app.pipelinesFolder, 'ghosts.yaml'), GHOSTS);
    await app.land('landing', 'airports/airports.csv', await cut('airports.csv', 'FROM airports'));
    await app.land(
      'landing',
      'birdstrikes/birdstrikes.csv',
      await cut('birdstrikes.csv', 'FROM birdstrikes LIMIT 4000'),
    );
    await app.land('landing', 'flights/a.parquet', await cut('flights.parquet', 'FROM flights LIMIT 20000'));
    await app.ended(await app.start({ pipelines: ['airports', 'birdstrikes'] }));
    failedRun = await app.start({ pipelines: ['airports', 'flights'], parameters: { longest: 300 } });
    await app.ended(failedRun);
    browser = await startBrowser(app.baseUrl);
    answers = watchAnswers(browser.context);
    page = await browser.context.newPage();
  });
  afterAll(async () => {
    source.release();
    await browser.close();
    await app.stop();
    await source.close();
  });
  afterEach(() => {
    // Also a broken policy is an error of the console.
    expect(browser.faults.splice(0)).toEqual([]);
  });

  /** Goes to a view and waits until what it shows is there. */
  const open = async (hash: string): Promise<void> => {
    await page.goto(`${app.baseUrl}/api/dashboard#/${hash}`);
    await page.locator('h1').waitFor();
    await settled();
  };
  const settled = async (): Promise<void> => {
    for (const waiting of ['.waiting', '.lead:text("Asking the app")']) {
      await page.locator(waiting).first().waitFor({ state: 'detached' });
    }
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
  const dialog = () => page.getByRole('dialog');
  const picture = async (name: string): Promise<void> => {
    if (PICTURES === undefined) return;
    await mkdir(PICTURES, { recursive: true });
    await page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });
  };

  test('shows the failed run, the reason and the button first, and runs it again with a corrected parameter', async () => {
    await open('');
    const failure = page.getByRole('article', { name: 'Failed run of flights' });
    await failure.getByText(/plausible distance: \d+ of 20000 rows fail/).waitFor();
    expect(await failure.innerText()).toContain('Nothing was loaded. The target is as it was before.');
    expect(await page.title()).toMatch(/need.* you · Sluice/);
    await failure.getByRole('button', { name: 'Run again' }).click();
    expect(await dialog().getByLabel('longest (integer)').inputValue()).toBe('300');
    await dialog().getByLabel('longest (integer)').fill('5000');
    await dialog().getByLabel('Reason', { exact: true }).fill('300 miles was a typing mistake');
    await dialog().getByRole('button', { name: 'Run again' }).click();
    await page.getByText('Started again by').waitFor();
    await page.locator('.run-lead').getByText('Succeeded').waitFor({ timeout: 60_000 });
    const again = page.url().split('/').at(-1)!;
    const { json } = await app.request('GET', `/api/runs/${again}`);
    expect(json).toMatchObject({
      status: 'Succeeded',
      parameters: { longest: 5000 },
      trigger: { kind: 'manual', rerunOf: failedRun },
      pipelines: [{ pipeline: 'flights', counts: { read: 20000 } }],
    });
    const rows = await app.database.query('SELECT count(*)::int AS count FROM aviation.flights');
    expect(rows).toEqual([{ count: json.counts.loaded }]);
    await open('');
    expect(await page.getByRole('article').count()).toBe(0);
  });

  test('a failed run says what happened, what state the data is in and what to do, and leads to the runbook', async () => {
    await open(`runs/${failedRun}`);
    const failure = page.getByRole('region', { name: 'Failure of flights' });
    expect(await failure.innerText()).toMatch(/Failed in flights \/ validate/);
    expect(await failure.innerText()).toContain('Data: it breaks a rule that was set for it');
    await failure.getByRole('link', { name: 'checks-failed' }).click();
    await page.getByRole('heading', { name: 'Runbook: checks-failed' }).waitFor();
    await page.getByText('What to do.').waitFor();
    await picture('runbook');
  });

  test('starts a pipeline, follows it live, and cancels it', async () => {
    await open('pipelines');
    await button('Start ticks').click();
    await dialog().getByRole('button', { name: 'Start' }).click();
    await page.locator('.run-lead').getByText('In progress').waitFor();
    await page
      .getByRole('heading', { name: /^ticks/ })
      .first()
      .waitFor();
    const runId = page.url().split('/').at(-1)!;
    await button('Cancel').click();
    await dialog().getByLabel('Reason (optional)').fill('not tonight');
    await dialog().getByRole('button', { name: 'Cancel the run' }).click();
    await page.getByText('Being cancelled by').waitFor();
    source.release();
    await page.locator('.run-lead').getByText('Cancelled').waitFor({ timeout: 60_000 });
    expect(await app.ended(runId)).toMatchObject({ status: 'Cancelled', cancel: { reason: 'not tonight' } });
    // What changed while somebody looked is said aloud.
    expect(await page.getByRole('status').innerText()).toContain('The run is now: cancelled.');
  });

  test('what the app refuses is shown with what to do, and the dialog stays', async () => {
    await app.request('POST', '/api/pipelines/ticks/pause', { reason: 'held' });
    await open('pipelines/ticks');
    await button('Start').click();
    await app.request('POST', '/api/pipelines/ticks/resume', {});
    await app.request('POST', '/api/pipelines/ticks/pause', { reason: 'held again' });
    await dialog().getByLabel('It is paused. Start it all the same').check();
    await dialog().getByRole('button', { name: 'Start' }).click();
    await page.waitForURL(/#\/runs\//);
    await open('pipelines/flights');
    await button('Start').click();
    await dialog().getByLabel('longest (integer)').waitFor();
    await app.request('POST', '/api/pipelines/flights/pause', { reason: 'the warehouse moves' });
    await dialog().getByRole('button', { name: 'Start' }).click();
    await dialog().getByRole('alert').waitFor();
    expect(await dialog().getByRole('alert').innerText()).toMatch(/flights was paused by .*: the warehouse moves/);
    expect(await dialog().getByRole('alert').innerText()).toContain('What to do:');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Start');
    await app.request('POST', '/api/pipelines/flights/resume', {});
    await app.request('POST', '/api/pipelines/ticks/resume', {});
    // A refusal is a failed request of the console, and meant here.
    expect(browser.faults.splice(0)).toEqual([expect.stringContaining('409')]);
  });

  test('reviews quarantined rows: filters, edits, approves, discards and releases them', async () => {
    await open('quarantine?pipeline=birdstrikes');
    await page.getByRole('table').getByRole('link', { name: 'birdstrikes' }).click();
    await page.getByRole('table').waitFor();
    const rows = page.getByRole('row');
    const total = (await rows.count()) - 1;
    expect(total).toBeGreaterThan(2);
    await picture('batch');
    await button(/^Edit row/)
      .first()
      .click();
    await dialog()
      .getByLabel(/^Effect Amount of damage/)
      .fill('Minor');
    await dialog().getByLabel('Reason', { exact: true }).fill('C is an old code');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.locator('.edited').getByText('Minor').waitFor();
    await page
      .getByRole('checkbox', { name: /^Choose row/ })
      .first()
      .check();
    await button('Retry').click();
    await dialog().getByLabel('Reason', { exact: true }).fill('corrected');
    await dialog().getByRole('button', { name: 'Retry 1 row' }).click();
    await page.getByText('decided: retry').waitFor();
    await page.getByLabel('State').selectOption('open');
    await page.waitForURL(/state=open/);
    await settled();
    expect((await rows.count()) - 1).toBe(total - 1);
    await button('Discard').click();
    await dialog().getByLabel('Reason', { exact: true }).fill('of no use');
    await dialog()
      .getByRole('button', { name: `Discard ${total - 1} rows` })
      .click();
    await page.getByText('No row is like that.').waitFor();
    await button('Release 1 row').click();
    await dialog().getByRole('button', { name: 'Release' }).click();
    await page
      .locator('.standing div', { hasText: 'released' })
      .getByText('1', { exact: true })
      .waitFor({ timeout: 60_000 });
    const loaded = await app.database.query(
      `SELECT count(*)::int AS count FROM aviation.birdstrikes WHERE damage = 'Minor'`,
    );
    const { json } = await app.request('GET', '/api/runs?pipeline=birdstrikes');
    const release = json.runs.find((run: { trigger: { kind: string } }) => run.trigger.kind === 'release');
    expect(release).toMatchObject({ status: 'Succeeded', counts: { read: 1, loaded: 1 } });
    expect(loaded[0]!['count']).toBeGreaterThan(0);
  });

  test('takes a run back, says that its pipeline is paused, and resumes it', async () => {
    const { json } = await app.request('GET', '/api/runs?pipeline=flights&status=Succeeded');
    await open(`runs/${json.runs[0].runId}`);
    await button('Take back').click();
    await dialog().getByLabel('Reason', { exact: true }).fill('the file of last year');
    await dialog().getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('Taken back by').waitFor({ timeout: 60_000 });
    const rows = await app.database.query('SELECT count(*)::int AS count FROM aviation.flights');
    expect(rows).toEqual([{ count: 0 }]);
    await open('');
    await page.getByText('flights is paused').waitFor();
    await button('Resume flights').click();
    await dialog().getByRole('button', { name: 'Resume' }).click();
    await page.getByText('flights is paused').waitFor({ state: 'detached' });
  });

  test('tests a connection, and shows how the checks did over the runs', async () => {
    await open('breakers');
    const card = page.getByRole('region', { name: 'warehouse' });
    await card.getByRole('button', { name: 'Test the connection' }).click();
    await card.getByText('As a target it works').waitFor();
    await open('quality?pipeline=flights');
    const trend = page.getByRole('region', { name: 'plausible distance' }).first();
    await trend.locator('canvas').waitFor();
    await trend.getByText('As a table').click();
    expect(await trend.getByRole('row').count()).toBe(3);
  });

  test('lists runs page by page, by status and pipeline', async () => {
    await open('runs');
    await page.getByLabel('Status').selectOption('Failed');
    await page.waitForURL(/status=Failed/);
    await settled();
    expect(await page.getByRole('row').count()).toBe(2);
    await page.getByLabel('Pipeline').selectOption('birdstrikes');
    await page.getByText('There is no such run.').waitFor();
  });

  test('an alert is taken up, and says who has it', async () => {
    const failed = await app.start({ pipelines: ['ghosts'] });
    await app.ended(failed);
    await fetch(`${app.baseUrl}/admin/functions/start-monitoring`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"input":""}',
    });
    await open('alerts');
    await button(/^Take up .*ghosts/).click({ timeout: 60_000 });
    await dialog().getByLabel('Note (optional)').fill('asking the sender');
    await dialog().getByRole('button', { name: 'Take it up' }).click();
    await page.getByText('asking the sender').waitFor();
    await page
      .getByRole('table')
      .getByRole('link', { name: /ghosts/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'What became of it' }).waitFor();
    expect(await page.locator('.facts').first().innerText()).toContain(failed);
    await picture('alert');
  });

  test('shows which version of a pipeline runs use, and goes back to an earlier one', async () => {
    const file = path.join(app.pipelinesFolder, 'ticks.yaml');
    await writeFile(file, TICKS.replace('when it likes', 'when asked'));
    await app.request('GET', '/api/pipelines');
    await open('pipelines/ticks');
    await button(/^Use version/).click();
    await dialog().getByLabel('Reason', { exact: true }).fill('the older words were better');
    await dialog().getByRole('button', { name: 'Use it' }).click();
    await page.getByText(/wants another version than the deployed one: the older words/).waitFor();
    await open('changes');
    await page.getByText('another one, by choice').waitFor();
    await open('costs');
    await page.getByRole('heading', { name: 'By pipeline' }).waitFor();
    await page.getByRole('heading', { name: 'What could cost less' }).waitFor();
    await page.getByLabel('By', { exact: true }).selectOption('owner');
    await page.getByRole('table').getByText('aviation-data').waitFor();
  });

  test('is operated by keyboard alone', async () => {
    await open('');
    await page.reload();
    await button('Pause airports').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await button('Pause airports').focus();
    await page.keyboard.press('Enter');
    await dialog().waitFor();
    // The first thing to fill in has the focus, and the focus stays in the dialog.
    expect(await page.evaluate('document.activeElement.tagName')).toBe('INPUT');
    for (let step = 0; step < 4; step += 1) await page.keyboard.press('Tab');
    expect(await page.evaluate(`document.querySelector('dialog').contains(document.activeElement)`)).toBe(true);
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await page.evaluate(`document.activeElement.getAttribute('aria-label')`)).toBe('Pause airports');
  });

  test('asks for a function key where the app wants one, and keeps it out of every address', async () => {
    const tab = await browser.context.newPage();
    const asked: { url: string; key: string | undefined }[] = [];
    // The host of Azure refuses without a word; the one of this machine wants no key.
    await tab.route('**/api/me', async (route) => {
      const key = route.request().headers()['x-functions-key'];
      asked.push({ url: route.request().url(), key });
      await (key === 'right' ? route.continue() : route.fulfill({ status: 401, body: '' }));
    });
    await tab.goto(`${app.baseUrl}/api/dashboard`);
    await tab.getByLabel('Function key of the app').fill('wrong');
    await tab.getByRole('button', { name: 'Open the page' }).click();
    await tab.getByText('The app wants a function key.').waitFor();
    await tab.getByLabel('Function key of the app').fill('right');
    await tab.getByRole('button', { name: 'Open the page' }).click();
    await tab.getByRole('navigation', { name: 'Views' }).waitFor();
    expect(asked.map(({ key }) => key).slice(0, 3)).toEqual([undefined, 'wrong', 'right']);
    expect(asked.every(({ url }) => !url.includes('right'))).toBe(true);
    expect(await tab.evaluate('localStorage.length')).toBe(0);
    await tab.close();
    browser.faults.splice(0);
  });

  test('leaves out what the role of the caller does not allow', async () => {
    const tab = await browser.context.newPage();
    await tab.route('**/api/me', (route) =>
      route.fulfill({ json: { name: 'ann', role: 'reader', auth: 'entra', environment: 'prod' } }),
    );
    await tab.goto(`${app.baseUrl}/api/dashboard#/pipelines`);
    await tab.getByRole('table').waitFor();
    expect(await tab.getByRole('button', { name: /Start|Pause/ }).count()).toBe(0);
    expect(await tab.getByText('Role: reader').count()).toBe(1);
    await tab.close();
  });

  test('is accessible in light and dark, and fits a phone, view by view', async () => {
    const { json } = await app.request('GET', '/api/quarantine?pipeline=birdstrikes');
    const views = {
      now: '',
      runs: 'runs',
      run: `runs/${failedRun}`,
      pipelines: 'pipelines',
      pipeline: 'pipelines/flights',
      quality: 'quality?pipeline=flights',
      quarantine: 'quarantine',
      batch: `quarantine/${json.batches[0].batch}`,
      slas: 'slas',
      alerts: 'alerts',
      changes: 'changes',
      costs: 'costs',
      breakers: 'breakers',
      runbook: 'runbooks/checks-failed',
    };
    const found: string[] = [];
    for (const [name, hash] of Object.entries(views)) {
      for (const width of [1280, 320]) {
        await page.setViewportSize({ width, height: width === 320 ? 640 : 900 });
        await open(hash);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          if (width === 1280 || colorScheme === 'light') await picture(`${name}-${width}-${colorScheme}`);
          // What the structure says is the same in the dark and on a phone.
          if (width === 320 && colorScheme === 'dark') continue;
          const rules = width === 320 ? NARROW_RULES : colorScheme === 'dark' ? DARK_RULES : RULES;
          found.push(
            ...(await violations(page, rules)).map((violation) => `${name} ${width} ${colorScheme}: ${violation}`),
          );
        }
        const wider = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        if (wider > 0) found.push(`${name} ${width}: ${wider} pixels are beyond the edge`);
      }
      await page.emulateMedia({ colorScheme: 'light' });
    }
    expect(found).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('what the app answered is what its description says', async () => {
    expect(await answers.differences()).toEqual([]);
    expect(answers.routes()).toBeGreaterThan(20);
  });

  test('the description of the API is a page that a browser shows without scripts', async () => {
    await page.goto(`${app.baseUrl}/api/docs`);
    await page.getByRole('heading', { name: 'POST /api/runs/{id}/rerun' }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(`getComputedStyle(document.querySelector('pre')).borderRadius`)).toBe('6px');
  });
});

interface AxeRules {
  readonly type: 'tag' | 'rule';
  readonly values: readonly string[];
}
interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}
const RULES: AxeRules = {
  type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
};
const DARK_RULES: AxeRules = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };
const NARROW_RULES: AxeRules = {
  type: 'rule',
  values: ['target-size', 'scrollable-region-focusable', 'color-contrast', 'nested-interactive', 'landmark-unique'],
};

/** What axe holds against the page. */
async function violations(page: Page, runOnly: AxeRules = RULES): Promise<readonly string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate<Violation[]>(
    `axe.run({ runOnly: ${JSON.stringify(runOnly)} }).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))`,
  );
  return found.map(({ id, nodes }) => {
    const shown = nodes.slice(0, 3).map(({ html }) => html.slice(0, 160));
    return `${id}: ${shown.join(' | ')}`;
  });
}

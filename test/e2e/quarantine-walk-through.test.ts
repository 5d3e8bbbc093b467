import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DEMO_FILES } from '../support/demo-cuts';
import { startSluiceApp, type SluiceApp } from '../support/sluice-app';
import { sluice } from '../unit/cli/support/sluice';

const DOCUMENT = path.join(__dirname, '../../docs/quarantine.md');
const PATIENCE_MS = 180_000;

/** A command of the document, and what it shows to come out; lines of dots stand for any lines. */
interface Told {
  readonly command: string;
  readonly output: string;
}

/** The blocks marked `console`: lines that begin with `$ `, each with its output below. */
function commandsOf(markdown: string): Told[] {
  const blocks = [...markdown.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...output] = part.split('\n');
        return { command, output: output.join('\n') };
      }),
  );
}

/** The words of a command line as a shell takes them apart. */
function wordsOf(command: string, batch: string): string[] {
  const words = [...command.replaceAll('$BATCH', batch).matchAll(/'([^']*)'|(\S+)/g)];
  return words.map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** Without what differs from machine to machine: ids of runs, times, and who. */
function comparable(text: string): string {
  return text
    .replaceAll(/run-[0-9a-f]+/g, 'run-…')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/local:\S+?(?=[:\s])/g, 'local:you')
    .trimEnd();
}

/** docs/quarantine.md, from its first command to its last, on the demo's pipeline and file. */
describe('the walk-through of the review', () => {
  let app: SluiceApp;
  let batch = '';
  beforeAll(async () => {
    app = await startSluiceApp();
    await app.land('landing', 'birdstrikes/birdstrikes.csv', DEMO_FILES.birdstrikes);
    const run = await app.ended(await app.start({ pipelines: ['birdstrikes'] }));
    expect(run.status).toBe('Succeeded');
    batch = `${run.runId}.birdstrikes.transform.0.0`;
  }, PATIENCE_MS);
  afterAll(() => app.stop());

  test(
    'every command does what the document shows',
    async () => {
      const env = { SLUICE_PORT: new URL(app.baseUrl).port };
      const commands = commandsOf(await readFile(DOCUMENT, 'utf8'));
      expect(commands.length).toBeGreaterThan(8);
      for (const { command, output } of commands) {
        const [npx, name, ...args] = wordsOf(command, batch);
        expect([npx, name]).toEqual(['npx', 'sluice']);
        const { out, err } = await sluice(args, { env });
        expect({ command, out: comparable(out + err) }).toEqual({ command, out: comparable(output) });
      }
    },
    PATIENCE_MS,
  );

  test('the table holds each released row once, and not the discarded one', async () => {
    const rows = await app.database.query<{ damage: string; rows: number }>(
      `SELECT damage, count(*)::int AS rows FROM aviation.birdstrikes
       WHERE damage IN ('B', 'C') OR (airport_name = 'CHARLESTON AFB/INTL ARPT' AND cost_total = 636405) GROUP BY 1 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { damage: 'C', rows: 13 },
      { damage: 'Substantial', rows: 1 },
    ]);
  });
});

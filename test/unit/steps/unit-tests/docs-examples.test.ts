import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { withParameters } from '../../../../src/config/parameters';
import { pipeline as pipelineSchema } from '../../../../src/config/schema/pipeline';
import { parameterStandIns } from '../../../../src/project/parameter-stand-ins';
import { readReferences } from '../../../../src/project/read-references';
import { runUnitTests } from '../../../../src/steps/unit-tests/run-unit-tests';
import { docsFiles } from '../../project/support/docs-files';
import { StepsBench } from '../support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const docs = readFileSync(join(__dirname, '../../../../docs/pipelines.md'), 'utf8');
const pipelines = [...docs.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
  .map((match) => parse(match[1] ?? '') as Record<string, unknown>)
  .filter((example) => 'pipeline' in example && 'unitTests' in example);

const contents = Object.fromEntries(
  Object.entries(docsFiles(docs)).map(([name, text]) => [name, { content: Buffer.from(text), sha256: '' }]),
);

it.each(pipelines.map((example) => [String(example['pipeline']), example]))(
  '%s of the docs holds',
  async (_, example) => {
    const pipeline = pipelineSchema.parse(example);
    const resolved = withParameters(pipeline, parameterStandIns(pipeline));
    const files = await readReferences(resolved, contents, bench.session);
    const results = await runUnitTests(resolved, bench.session, files);
    expect(results.length).toBeGreaterThan(0);
    expect(results.filter((result) => !result.passed)).toEqual([]);
  },
);

it('finds the examples of the steps that make rows anew', () => {
  expect(pipelines.map((example) => example['pipeline'])).toEqual(
    expect.arrayContaining(['order-lines', 'daily-sales', 'flight-gaps', 'invoices']),
  );
});

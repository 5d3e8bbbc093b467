import { join } from 'node:path';
import { loadProject } from '../../../../src/config/load-project';
import { withParameters } from '../../../../src/config/parameters';
import { parameterStandIns } from '../../../../src/project/parameter-stand-ins';
import { runUnitTests } from '../../../../src/steps/unit-tests/run-unit-tests';
import { StepsBench } from '../support/steps-bench';

const bench = new StepsBench();
beforeAll(() => bench.open());
afterAll(() => bench.close());

const { partial } = loadProject({
  folder: join(__dirname, '../../../../pipelines'),
  environment: 'local',
  env: process.env,
});

it.each(Object.keys(partial.pipelines))('the examples of %s hold', async (name) => {
  const pipeline = partial.pipelines[name];
  if (!pipeline) throw new Error(`${name} was not loaded`);
  const results = await runUnitTests(withParameters(pipeline, parameterStandIns(pipeline)), bench.session);
  expect(results.length).toBeGreaterThan(0);
  expect(results.filter((result) => !result.passed)).toEqual([]);
});

import { access, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../../src/durable/contracts/run-record';
import { isEnded } from '../../../src/model/status';
import { COMBINATIONS, pipelineYaml, rowsOf, titleOf, type Combination } from './combinations';
import { differencesOf, stateOf, type State } from './state-of';
import type { World } from './world';

/** One way to disturb a run. */
export type Fault =
  | { readonly do: 'kill'; readonly at: string }
  | { readonly do: 'twice'; readonly at: string; readonly how: 'turn' | 'once' }
  | { readonly do: 'late' };

/** What a combination's trials showed. */
export interface Result {
  readonly title: string;
  /** Points that a run without faults reaches. */
  readonly points: number;
  readonly tried: number;
  /** Ended as if nothing had happened. */
  readonly survived: number;
  /** Not reached, since parallel parts took another order. */
  readonly unreached: readonly string[];
  readonly differing: readonly string[];
  readonly seconds: number;
}

/** The faults to try, given the points of a run without any, in their order. */
export type Choice = (points: readonly string[]) => readonly Fault[];

const PATIENCE_MS = 120_000;

/**
 * Runs a combination without any fault, then once for each fault in a pipeline of its own, and compares what they left: after the run,
 * and once more after the next run of all of them, which finds out whether watermarks and leases are as they should be.
 */
export async function tryCombination(world: World, combination: Combination, choice: Choice): Promise<Result> {
  const began = performance.now();
  const { target, source } = combination;
  const first = target.meetsEarlierLoad ? 1 : 0;
  // Worlds go on to the next combination with what the one before has left.
  const prefix = `c${COMBINATIONS.indexOf(combination)}`;
  const clean = `${prefix}clean`;
  const deliver = (name: string, delivery: number): Promise<void> =>
    source.deliver(world, name, delivery, rowsOf(delivery));

  // The points first: how many pipelines are needed depends on them.
  await world.setPipelines({ [clean]: pipelineYaml(combination, clean) });
  const histories = new Map<string, RunRecord[]>([[clean, []]]);
  if (first === 1) {
    await deliver(clean, 0);
    await runTogether(world, [clean], histories);
  }
  await deliver(clean, first);
  const points = await recordPoints(world, clean, histories);
  const expected = await stateOf(world, combination, clean, histories.get(clean) ?? []);

  const faults = choice(points);
  const names = faults.map((_, index) => `${prefix}t${String(index).padStart(3, '0')}`);
  await world.setPipelines(
    Object.fromEntries([clean, ...names].map((name) => [name, pipelineYaml(combination, name)])),
  );
  for (const name of names) histories.set(name, []);
  if (first === 1) {
    for (const name of names) await deliver(name, 0);
    await runTogether(world, names, histories);
  }
  const differing: string[] = [];
  const unreached: string[] = [];
  const faulty = new Set<string>();
  const judge = (name: string, fault: Fault, then: string, differences: readonly string[]): void => {
    if (differences.length === 0) return;
    faulty.add(name);
    differing.push(`${textOf(fault)}${then}: ${differences.join('; ')}`);
  };
  for (const [index, fault] of faults.entries()) {
    const name = names[index]!;
    await deliver(name, first);
    try {
      const reached = await runWithFault(world, name, fault, histories);
      if (!reached) unreached.push(textOf(fault));
      judge(name, fault, '', await compare(world, combination, name, histories, expected));
    } catch (error) {
      judge(name, fault, '', [error instanceof Error ? error.message.slice(0, 2000) : String(error)]);
    }
  }
  await rm(path.join(world.orders, 'order.json'), { force: true });
  // The next run of each finds what is new, and nothing twice.
  const all = [clean, ...names];
  for (const name of all) await deliver(name, first + 1);
  await runTogether(world, all, histories);
  const expectedNext = await stateOf(world, combination, clean, histories.get(clean) ?? []);
  for (const [index, fault] of faults.entries()) {
    const name = names[index]!;
    if (faulty.has(name)) continue;
    if (fault.do === 'late') await deliverAgain(world, name);
    const differences = await compare(world, combination, name, histories, expectedNext);
    // Staging that nobody publishes any more is maintenance's to drop.
    const matter = differences.filter((text) => fault.do !== 'late' || !text.startsWith('staging:'));
    judge(name, fault, ', then the next run', matter);
  }
  return {
    title: titleOf(combination),
    points: points.length,
    tried: faults.length,
    survived: faults.length - faulty.size - unreached.length,
    unreached,
    differing,
    seconds: (performance.now() - began) / 1000,
  };
}

export function textOf(fault: Fault): string {
  switch (fault.do) {
    case 'kill':
      return `killed at "${fault.at}"`;
    case 'twice':
      return `${fault.at} done twice, ${fault.how === 'turn' ? 'one after the other' : 'at once'}`;
    case 'late':
      return 'every activity done again after the next load';
  }
}

async function compare(
  world: World,
  combination: Combination,
  name: string,
  histories: ReadonlyMap<string, readonly RunRecord[]>,
  expected: State,
): Promise<string[]> {
  return differencesOf(expected, await stateOf(world, combination, name, histories.get(name) ?? []));
}

/** One run of several pipelines, whose records are kept under each. */
async function runTogether(world: World, names: readonly string[], histories: Map<string, RunRecord[]>): Promise<void> {
  if (names.length === 0) return;
  const record = await world.app.ended(await world.app.start({ pipelines: names }), 600);
  for (const name of names) {
    const own = record.pipelines.find(({ pipeline }) => pipeline === name);
    if (own === undefined) throw new Error(`${name} is not in ${record.runId}`);
    const failure = own.failure ?? record.failure;
    if (own.status !== 'Succeeded') throw new Error(`${name} failed without any fault: ${JSON.stringify(own)}`);
    histories.get(name)?.push({ ...record, counts: own.counts, failure, pipelines: [own], status: own.status });
  }
}

async function recordPoints(world: World, name: string, histories: Map<string, RunRecord[]>): Promise<string[]> {
  const order = await give(world, { do: 'record', pipeline: name });
  await runTogether(world, [name], histories);
  const text = await readFile(path.join(world.orders, `${order}.points`), 'utf8');
  return text.trimEnd().split('\n');
}

let orders = 0;
async function give(world: World, order: object): Promise<string> {
  const id = `order-${(orders += 1)}`;
  await writeFile(path.join(world.orders, 'order.json'), JSON.stringify({ id, ...order }));
  return id;
}

/** Gives whether the fault happened. */
async function runWithFault(
  world: World,
  name: string,
  fault: Fault,
  histories: Map<string, RunRecord[]>,
): Promise<boolean> {
  const { app } = world;
  const order = await give(world, { ...fault, pipeline: name });
  if (fault.do === 'late') lateOrders.set(name, order);
  const happened = (): Promise<boolean> => exists(path.join(world.orders, `${order}.happened`));
  // The host may die before it answers: the same key asks for the same run again.
  const body = { pipelines: [name], idempotencyKey: order };
  const start = (): Promise<string | undefined> =>
    app.request('POST', '/api/runs', body).then(
      ({ json }) => (json as { runId?: string } | undefined)?.runId,
      () => undefined,
    );
  let runId = await start();
  let restarted = fault.do !== 'kill';
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(20)) {
    if (!restarted && (await happened())) {
      await app.kill();
      await app.restart();
      restarted = true;
      runId ??= await start();
    }
    const answer = runId && (await app.request('GET', `/api/runs/${runId}`).catch(() => undefined));
    const run = answer ? (answer.json as RunRecord | undefined) : undefined;
    if (run?.status !== undefined && isEnded(run.status) && (restarted || !(await happened()))) {
      histories.get(name)?.push(run);
      return fault.do === 'late' || (await happened());
    }
    if (Date.now() > deadline) {
      throw new Error(`The run did not end in ${PATIENCE_MS / 1000} s: ${JSON.stringify(run)}`);
    }
  }
}

/** The order of the last `late` stands in a file of its own by now: it is given again for its deliveries. */
async function deliverAgain(world: World, name: string): Promise<void> {
  const order = lateOrders.get(name);
  if (order === undefined) throw new Error(`${name} has no late order`);
  await writeFile(path.join(world.orders, 'order.json'), JSON.stringify({ id: order, do: 'late', pipeline: name }));
  await writeFile(path.join(world.orders, `${order}.again`), '');
  for (
    const deadline = Date.now() + PATIENCE_MS;
    !(await exists(path.join(world.orders, `${order}.outcomes`)));
    await sleep(20)
  )
    if (Date.now() > deadline) throw new Error('The late deliveries did not end.');
  await rm(path.join(world.orders, 'order.json'), { force: true });
}

/** Orders of `late` by pipeline. */
const lateOrders = new Map<string, string>();

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

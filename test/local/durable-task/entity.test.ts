import {
  applyEntityRecord,
  concludeBatch,
  grantLock,
  newEntity,
  nextStep,
  releaseLock,
} from '../../../src/local/durable-task/entity';
import type { Entity, Operation } from '../../../src/local/durable-task/model';

const operation = (id: string, more: Partial<Operation> = {}): Operation => ({
  kind: 'operation',
  id,
  name: 'add',
  input: '1',
  isSignal: false,
  parent: 'caller',
  parentExecution: 'caller-1',
  lockSet: [],
  ...more,
});
const lock = (id: string, execution: string): Operation =>
  operation(id, { kind: 'lock', parentExecution: execution, lockSet: ['@counter@a', '@counter@b'] });

function entityWith(...operations: Operation[]): Entity {
  const one = newEntity('@counter@a');
  for (const each of operations) applyEntityRecord(one, { t: 'operation', messageId: each.id, operation: each });
  return one;
}
const ids = (one: Entity): string[] | string | undefined => {
  const step = nextStep(one);
  return step?.kind === 'run' ? step.operations.map(({ messageId }) => messageId) : step?.kind;
};

describe('the queue of an entity', () => {
  test('is run in one batch', () => {
    expect(ids(entityWith(operation('1'), operation('2', { isSignal: true })))).toEqual(['1', '2']);
  });

  test('is run up to a request for the lock', () => {
    const one = entityWith(operation('1'), lock('2', 'x'), operation('3'));
    expect(ids(one)).toEqual(['1']);
    one.queue.shift();
    expect(ids(one)).toBe('lock');
  });

  test('lets only the holder through while it is locked, and gives the lock back to nobody else', () => {
    const one = entityWith(lock('1', 'holder'));
    applyEntityRecord(one, grantLock(one, one.queue[0]!));
    expect(one.lockedBy).toBe('holder');
    const others = [operation('2'), operation('3', { parentExecution: 'holder' }), lock('4', 'other')];
    for (const each of others) applyEntityRecord(one, { t: 'operation', messageId: each.id, operation: each });
    expect(ids(one)).toEqual(['3']);
    const release = operation('5', { kind: 'release', parentExecution: 'other' });
    applyEntityRecord(one, releaseLock(one, { messageId: '5', operation: release }));
    expect(one.lockedBy).toBe('holder');
    const own = operation('6', { kind: 'release', parentExecution: 'holder' });
    applyEntityRecord(one, releaseLock(one, { messageId: '6', operation: own }));
    expect(one.lockedBy).toBeNull();
    expect(ids(one)).toEqual(['2', '3']);
  });

  test('passes a lock to the next entity of the set, and the last one answers', () => {
    const one = entityWith(lock('1', 'holder'));
    expect(grantLock(one, one.queue[0]!)).toMatchObject({ outbox: [{ to: '@counter@b', kind: 'operation' }] });
    const last = { ...one, id: '@counter@b' };
    expect(grantLock(last, one.queue[0]!)).toMatchObject({
      outbox: [{ to: 'caller', kind: 'event', event: { Name: '1' } }],
    });
  });
});

describe('a batch', () => {
  const answer = {
    results: [{ isError: false, result: '7' }, { isError: true, result: '"bad"' }, { isError: false }],
    signals: [{ target: { name: 'counter', key: 'b' }, name: 'add', input: '4' }],
    exists: true,
    state: '7',
  };

  test('answers calls, sends signals and keeps the state', () => {
    const one = entityWith(operation('1'), operation('2'), operation('3', { isSignal: true, parent: null }));
    const record = concludeBatch(one, one.queue, answer, () => 'new');
    applyEntityRecord(one, record);
    expect(one).toMatchObject({ exists: true, state: '7', queue: [] });
    const sent = [...one.outbox.values()];
    expect(sent.map(({ to, kind }) => [to, kind])).toEqual([
      ['caller', 'event'],
      ['caller', 'event'],
      ['@counter@b', 'operation'],
    ]);
    const inputs = sent.flatMap((each) => (each.kind === 'event' ? [JSON.parse(each.event['Input'] as string)] : []));
    expect(inputs).toMatchObject([{ result: '7' }, { result: '"bad"', exceptionType: 'Error' }]);
  });

  test('that deletes the entity keeps no state', () => {
    const one = entityWith(operation('1'));
    applyEntityRecord(
      one,
      concludeBatch(one, one.queue, { ...answer, signals: [], exists: false }, () => 'new'),
    );
    expect(one).toMatchObject({ exists: false, state: null });
  });
});

import { concludeEpisode, freshEvents, nextBatch } from '../../../src/local/durable-task/episode';
import { EVENT, historyEvent } from '../../../src/local/durable-task/history-event';
import type { HistoryEvent, Orchestration, OrchestrationRecord } from '../../../src/local/durable-task/model';
import { applyRecord, newOrchestration } from '../../../src/local/durable-task/orchestration';
import type { Facts } from '../../../src/local/durable-task/schedule-actions';
import { ACTION, type Action, type OrchestratorState } from '../../../src/local/durable-task/sdk-answer';

const facts = (): Facts => {
  let last = 0;
  return {
    hasActivity: (name) => name !== 'missing',
    hasOrchestrator: (name) => name !== 'missing',
    defaultVersion: null,
    newId: () => `id-${(last += 1)}`,
  };
};
const create = (): Orchestration =>
  newOrchestration({
    t: 'created',
    id: 'one',
    executionId: 'execution',
    name: 'work',
    version: null,
    input: null,
    parent: null,
    generation: 0,
    at: '2024-01-01T00:00:00.0000000Z',
    messageId: null,
  });
const state = (more: Partial<OrchestratorState>): OrchestratorState => ({
  isDone: false,
  actions: [],
  output: 'null',
  error: undefined,
  customStatus: null,
  ...more,
});
const activity = (functionName = 'act'): Action => ({ actionType: ACTION.activity, functionName, input: 1 });
const timer = (more: Partial<Action> = {}): Action => ({
  actionType: ACTION.timer,
  fireAt: new Date(Date.now() + 60_000).toISOString(),
  isCanceled: false,
  ...more,
});
const completed = (id: number): HistoryEvent => historyEvent(EVENT.taskCompleted, { TaskScheduledId: id, Result: '1' });
const failed = (id: number): HistoryEvent =>
  historyEvent(EVENT.taskFailed, { TaskScheduledId: id, Reason: 'bad', Details: '', FailureDetails: null });
const fired = (id: number): HistoryEvent => historyEvent(EVENT.timerFired, { TimerId: id, FireAt: '' });

/** Plays episodes: what comes in (nothing for the start), and what the orchestrator answers to it. */
function play(
  one: Orchestration,
  ...episodes: [event: HistoryEvent | undefined, answer: Partial<OrchestratorState>][]
) {
  const all = facts();
  let record: OrchestrationRecord | undefined;
  for (const [index, [event, answer]] of episodes.entries()) {
    if (event !== undefined) applyRecord(one, { t: 'inbox', messageId: `m${index}`, event });
    const batch = nextBatch(one);
    record = concludeEpisode(one, batch, freshEvents(batch, one.history), state(answer), all);
    applyRecord(one, record);
  }
  return record;
}
const scheduled = (one: Orchestration): [type: number, id: number][] =>
  one.history.filter(({ EventId }) => EventId >= 0).map(({ EventType, EventId }) => [EventType, EventId]);

describe('an episode', () => {
  test('schedules new actions under the numbers of the SDK, once', () => {
    const one = create();
    const actions = [activity(), { actionType: ACTION.waitForEvent }, timer(), activity()];
    play(one, [undefined, { actions }], [completed(0), { actions }]);
    expect(scheduled(one)).toEqual([
      [EVENT.taskScheduled, 0],
      [EVENT.timerCreated, 1],
      [EVENT.taskScheduled, 2],
    ]);
    expect(one.status).toBe('Running');
  });

  test.each<[string, Partial<OrchestratorState>, string, string]>([
    ['returned', { isDone: true, output: '"out"' }, 'Completed', '"out"'],
    ['failed', { error: 'no' }, 'Failed', "Orchestrator function 'work' failed: no"],
  ])('ends an orchestration that %s only when nothing is open', (_, end, status, output) => {
    const one = create();
    const actions = [activity('a'), activity('b')];
    play(one, [undefined, { actions }], [completed(0), { actions, ...end }]);
    expect([one.status, one.output]).toEqual(['Running', null]);
    play(one, [completed(1), { actions, ...end }]);
    expect([one.status, one.output]).toEqual([status, output]);
  });

  test('goes on as a new life only when nothing is open', () => {
    const one = create();
    const actions = [activity('a'), activity('b'), { actionType: ACTION.continueAsNew, input: '{"n":2}' }];
    play(one, [undefined, { actions: actions.slice(0, 2) }], [completed(0), { actions, isDone: true }]);
    expect([one.status, one.input]).toEqual(['Running', null]);
    const record = play(one, [completed(1), { actions, isDone: true }]);
    expect(record).toMatchObject({ t: 'again', input: '{"n":2}' });
    expect([one.input, one.history.length, one.inbox.length]).toEqual(['{"n":2}', 0, 1]);
  });

  test('drops with its history the events that it took, and takes those that came meanwhile into the new life', () => {
    const one = create();
    const raised = (name: string): HistoryEvent => historyEvent(EVENT.eventRaised, { Name: name, Input: null });
    play(one, [undefined, { actions: [activity()] }]);
    applyRecord(one, { t: 'inbox', messageId: 'early', event: raised('early') });
    applyRecord(one, { t: 'inbox', messageId: 'end', event: completed(0) });
    const batch = nextBatch(one);
    const fresh = freshEvents(batch, one.history);
    applyRecord(one, { t: 'inbox', messageId: 'late', event: raised('late') });
    const actions = [activity(), { actionType: ACTION.continueAsNew }];
    applyRecord(one, concludeEpisode(one, batch, fresh, state({ actions, isDone: true }), facts()));
    expect(one.inbox.map(({ event }) => event['Name'])).toEqual(['work', 'late']);
  });

  test('does not wait for a timer that was cancelled', () => {
    const one = create();
    const due = timer();
    play(
      one,
      [undefined, { actions: [due, activity()] }],
      [completed(1), { actions: [{ ...due, isCanceled: true }, activity()], isDone: true }],
    );
    expect(one.status).toBe('Completed');
  });

  test('stops without a word at an action that no function implements', () => {
    const one = create();
    play(one, [undefined, { actions: [activity(), activity('missing'), activity()] }]);
    expect(scheduled(one)).toEqual([[EVENT.taskScheduled, 0]]);
    expect(one.status).toBe('Running');
  });

  test('retries by itself, with numbers before those of new actions, and waits once more after the last attempt', () => {
    const one = create();
    const retryOptions = { firstRetryIntervalInMilliseconds: 5, maxNumberOfAttempts: 2 };
    const actions = [{ ...activity(), actionType: ACTION.activityWithRetry, retryOptions }];
    play(one, [undefined, { actions }], [failed(0), { actions }], [fired(1), { actions }], [failed(2), { actions }]);
    expect(scheduled(one)).toEqual([
      [EVENT.taskScheduled, 0],
      [EVENT.timerCreated, 1],
      [EVENT.taskScheduled, 2],
      [EVENT.timerCreated, 3],
    ]);
    play(one, [fired(3), { actions: [...actions, activity('next')] }]);
    expect(scheduled(one).at(-1)).toEqual([EVENT.taskScheduled, 4]);
  });

  test('cuts a long timer into pieces', () => {
    const one = create();
    const days = 24 * 3600_000;
    const actions = [timer({ fireAt: new Date(Date.now() + 8 * days).toISOString() })];
    play(one, [undefined, { actions }], [fired(0), { actions }]);
    const pieces = one.history.filter(({ EventType }) => EventType === EVENT.timerCreated);
    expect(
      pieces.map(({ EventId, FireAt }) => [EventId, Math.round((Date.parse(FireAt as string) - Date.now()) / days)]),
    ).toEqual([
      [0, 3],
      [1, 3],
    ]);
  });

  test.each<[string, Action[], string]>([
    ['another function', [activity('other')], "scheduled an activity task named 'other'"],
    ['another action', [timer()], 'instead produced a CreateTimerOrchestratorAction action'],
    ['nothing', [], "hasn't (yet?) scheduled this task"],
  ])('fails an orchestrator that asks for %s than before', (_, changed, message) => {
    const one = create();
    play(one, [undefined, { actions: [activity()] }], [completed(0), { actions: changed }]);
    expect(one.status).toBe('Failed');
    expect(one.output).toContain('Non-Deterministic workflow detected');
    expect(one.output).toContain(message);
  });

  test('fails one whose custom status is too long', () => {
    const one = create();
    play(one, [undefined, { actions: [activity()], customStatus: 'x'.repeat(9000) }]);
    expect(one.status).toBe('Failed');
    expect(one.output).toContain('must not exceed 16 KB. The current payload size is 18 KB');
  });

  test('moves the clock of the orchestrator even within a millisecond', () => {
    const one = create();
    const actions = [activity(), activity(), activity()];
    play(one, [undefined, { actions }], [completed(0), { actions }], [completed(1), { actions }]);
    const clock = one.history
      .filter(({ EventType }) => EventType === EVENT.orchestratorStarted)
      .map((e) => e.Timestamp);
    expect(new Set(clock).size).toBe(3);
    expect([...clock].sort()).toEqual(clock);
  });

  test('takes what waits together, but what makes the host schedule something comes first in its episode', () => {
    const one = create();
    const retryOptions = { firstRetryIntervalInMilliseconds: 5, maxNumberOfAttempts: 2 };
    const actions = [activity(), activity(), { ...activity(), actionType: ACTION.activityWithRetry, retryOptions }];
    play(one, [undefined, { actions }]);
    for (const event of [completed(0), completed(1), failed(2)]) {
      applyRecord(one, { t: 'inbox', messageId: `w${event['TaskScheduledId'] as number}`, event });
    }
    expect(nextBatch(one).map(({ messageId }) => messageId)).toEqual(['w0', 'w1']);
  });
});

import { EVENT } from '../../../src/local/durable-task/history-event';
import type { Action } from '../../../src/local/durable-task/sdk-answer';
import { ACTION } from '../../../src/local/durable-task/sdk-answer';
import { applyRecord } from '../../../src/local/durable-task/orchestration';
import { rewindRecord } from '../../../src/local/durable-task/rewind';
import { PlayedOrchestration } from './core-support';

const activity = (functionName: string): Action => ({ actionType: ACTION.activity, functionName, input: 1 });
const retried: Action = {
  actionType: ACTION.activityWithRetry,
  functionName: 'flaky',
  retryOptions: { firstRetryIntervalInMilliseconds: 1000, maxNumberOfAttempts: 2 },
};
const completed = (TaskScheduledId: number, Result = '1') => ({ TaskScheduledId, Result });
const failed = (TaskScheduledId: number) => ({ TaskScheduledId, Reason: 'bad', Details: '' });

describe('a rewind', () => {
  test('schedules the failed activity again under its number, and keeps what succeeded', () => {
    const played = new PlayedOrchestration();
    played.play([activity('a')]);
    played.receive(EVENT.taskCompleted, completed(0)).play([activity('a'), activity('b')]);
    played.receive(EVENT.taskFailed, failed(1)).play([activity('a'), activity('b')], { error: 'bad' });
    expect(played.one.status).toBe('Failed');
    applyRecord(played.one, rewindRecord(played.one, 'fixed', 'rewind'));
    played.play([activity('a'), activity('b')]);
    expect(played.one.status).toBe('Running');
    expect(played.last(EVENT.taskScheduled)).toMatchObject({ Name: 'b', EventId: 1 });
    expect(played.one.history.filter(({ EventType }) => EventType === EVENT.taskFailed)).toEqual([]);
    expect(played.last(EVENT.generic)['Data']).toBe('fixed');
    played.receive(EVENT.taskCompleted, completed(1));
    played.play([activity('a'), activity('b'), activity('c')]);
    expect(played.last(EVENT.taskScheduled)).toMatchObject({ Name: 'c', EventId: 2 });
  });

  test('of a retried activity repeats the last attempt', () => {
    const played = new PlayedOrchestration();
    played.play([retried]);
    played.receive(EVENT.taskFailed, failed(0)).play([retried]);
    played.receive(EVENT.timerFired, { TimerId: 1 }).play([retried]);
    played.receive(EVENT.taskFailed, failed(2)).play([retried]);
    played.receive(EVENT.timerFired, { TimerId: 3 }).play([retried], { error: 'bad' });
    expect(played.one.status).toBe('Failed');
    applyRecord(played.one, rewindRecord(played.one, 'fixed', 'rewind'));
    played.play([retried]);
    expect(played.last(EVENT.taskScheduled)).toMatchObject({ Name: 'flaky', EventId: 2 });
    played.receive(EVENT.taskCompleted, completed(2)).play([retried, activity('after')]);
    expect(played.last(EVENT.taskScheduled)).toMatchObject({ Name: 'after', EventId: 3 });
  });
});

describe('what the host does by itself', () => {
  test('a poll takes its number together with that of the wait before it', () => {
    const polled: Action = {
      actionType: ACTION.http,
      httpRequest: { method: 'POST', uri: 'http://host/job', content: 'body', asynchronousPatternEnabled: true },
    };
    const played = new PlayedOrchestration();
    played.play([polled]);
    const answer = { statusCode: 202, headers: { Location: '/status', 'Retry-After': '2' }, content: '' };
    played.receive(EVENT.taskCompleted, completed(0, JSON.stringify(answer))).play([polled, activity('meanwhile')]);
    played.receive(EVENT.timerFired, { TimerId: 1 }).play([polled, activity('meanwhile')]);
    expect(played.scheduled()).toEqual([
      [EVENT.taskScheduled, 0],
      [EVENT.timerCreated, 1],
      [EVENT.taskScheduled, 3],
      [EVENT.taskScheduled, 2],
    ]);
    const poll = { method: 'GET', uri: '/status', base: 'http://host/job' };
    expect(played.last(EVENT.taskScheduled)['ActivityInput']).toMatchObject(poll);
  });

  test('the piece of a long timer that is under way is the one that is cancelled', () => {
    const day = 24 * 3600_000;
    const long: Action = { actionType: ACTION.timer, fireAt: new Date(Date.now() + 8 * day).toISOString() };
    const played = new PlayedOrchestration();
    played.play([long]);
    played.receive(EVENT.timerFired, { TimerId: 0 }).play([long]);
    expect(played.play([{ ...long, isCanceled: true }])).toMatchObject({ plan: { cancelled: [1] } });
  });

  test('tells the parent of the end of a child', () => {
    const parent = { name: 'p', instanceId: 'parent', executionId: 'e', taskId: 4, version: null };
    const record = new PlayedOrchestration(parent).play([], { isDone: true, output: '"x"' });
    expect(record.outbox).toMatchObject([
      { to: 'parent', execution: 'e', event: { EventType: EVENT.childCompleted, TaskScheduledId: 4, Result: '"x"' } },
    ]);
  });
});

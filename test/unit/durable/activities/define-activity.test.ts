import type { ActivityServices } from '../../../../src/durable/activities/activity-services';
import { defineActivity } from '../../../../src/durable/activities/define-activity';
import { ACTIVITIES } from '../../../../src/durable/contracts/names';
import { NO_METERS } from '../../../../src/observability/metrics/meters';
import { NO_TRACING } from '../../../../src/observability/tracing/tracing';
import { RunCancelledError } from '../../../../src/errors/run-cancelled-error';

const log = { debug: () => undefined, warn: () => undefined };
const services = { log, meters: NO_METERS, tracing: NO_TRACING } as unknown as ActivityServices;
const input = { runId: 'run-1', pipeline: 'flights', partition: 3 };

test('what an activity gives is the value of an envelope', async () => {
  const activity = defineActivity(ACTIVITIES.checkCancel, async () => null);
  expect(await activity.handler(services)(input)).toEqual({ ok: true, value: null });
});

test('what it throws keeps class and code, and gets the ids of the call', async () => {
  const activity = defineActivity(ACTIVITIES.checkCancel, async () => {
    throw new RunCancelledError();
  });
  expect(await activity.handler(services)(input)).toMatchObject({
    ok: false,
    failure: { class: 'persistent', code: 'run-cancelled', runId: 'run-1', pipeline: 'flights', partition: 3 },
  });
});

test('whatever else it throws is an unexpected error, never an exception', async () => {
  const activity = defineActivity(ACTIVITIES.checkCancel, async () => {
    throw new TypeError('a text');
  });
  expect(await activity.handler(services)(input)).toMatchObject({
    ok: false,
    failure: { code: 'unexpected-error', message: 'a text', dataState: 'unknown' },
  });
});

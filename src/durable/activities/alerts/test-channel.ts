import { randomUUID } from 'node:crypto';
import type { Delivered } from '../../../channels/channel';
import type { Alert } from '../../../model/alert';
import { alertMessage } from '../../../monitoring/alert-message';
import type { Alerting } from './alerting';

/** Sends a message that says that it is a test. Throws what sending throws. */
export async function testChannel(alerting: Alerting, name: string, by: string): Promise<Delivered> {
  const channel = await alerting.channel(name);
  const at = new Date().toISOString();
  const alert: Alert = {
    id: 'test',
    key: 'test',
    state: 'open',
    kind: 'test',
    severity: 'info',
    pipeline: null,
    runId: null,
    connection: null,
    failureClass: null,
    code: null,
    owner: null,
    tags: {},
    title: `A test of the channel ${name}`,
    what: `${by} tries whether messages arrive here.`,
    data: 'No data is concerned.',
    todo: 'Nothing.',
    runbook: null,
    firstAt: at,
    lastAt: at,
    count: 1,
    groups: {},
    acknowledged: null,
    resolved: null,
  };
  const message = alertMessage({ id: 'test', joined: 1, storm: false }, [alert], {
    about: 'test',
    environment: alerting.environment,
    publicUrl: null,
    acknowledgeUrl: null,
    done: [],
    again: false,
  });
  return channel.send(message, { key: randomUUID(), firstAt: at, again: false, reference: null });
}

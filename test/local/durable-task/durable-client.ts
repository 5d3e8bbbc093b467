import { setTimeout as sleep } from 'node:timers/promises';
import { send, type Answer } from '../host/http-client';

const BASE = '/runtime/webhooks/durabletask';
const JSON_TYPE = { 'content-type': 'application/json' };

/** Status of an instance as the management API gives it. */
export interface Status {
  readonly runtimeStatus: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly historyEvents?: readonly Readonly<Record<string, unknown>>[];
}

/** The management API of a host, for tests. The address is asked for every time, since a host may be started again. */
export class DurableTestClient {
  constructor(private readonly baseUrl: () => string) {}

  call(method: string, path: string, body?: unknown): Promise<Answer> {
    const sent = body === undefined ? {} : { headers: JSON_TYPE, body: JSON.stringify(body) };
    return send(this.baseUrl(), method, `${BASE}/${path}`, sent);
  }

  start(name: string, id: string, input?: unknown): Promise<Answer> {
    return this.call('POST', `orchestrators/${name}/${id}`, input);
  }

  raise(id: string, name: string, value: unknown): Promise<Answer> {
    return this.call('POST', `instances/${id}/raiseEvent/${name}`, value);
  }

  async status(id: string, query = ''): Promise<Status> {
    return (await this.call('GET', `instances/${id}${query}`)).json as Status;
  }

  /** Waits for a state; by default for any end. */
  async until(id: string, states: readonly string[] = ['Completed', 'Failed', 'Terminated']): Promise<Status> {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(20)) {
      const status = await this.status(id);
      if (states.includes(status.runtimeStatus)) return status;
    }
    throw new Error(`${id} did not get there: ${JSON.stringify(await this.status(id))}`);
  }

  async run(name: string, id: string, input?: unknown): Promise<Status> {
    const answer = await this.start(name, id, input);
    if (answer.status !== 202) throw new Error(`${name} was answered with ${answer.status}: ${answer.text}`);
    return this.until(id);
  }

  async history(id: string): Promise<string[]> {
    const { historyEvents = [] } = await this.status(id, '?showHistory=true&showHistoryOutput=true');
    return historyEvents.map(({ EventType }) => EventType as string);
  }
}

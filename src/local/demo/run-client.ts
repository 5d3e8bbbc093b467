import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../durable/contracts/run-record';
import { DemoError } from './demo-error';

const ENDED = new Set(['Succeeded', 'Failed', 'Cancelled', 'Skipped']);
const POLL_MS = 500;

/** Speaks to the app as any client does: over its HTTP API. */
export class RunClient {
  /** `base` is the API's address, e.g. `http://127.0.0.1:7071/api`. */
  constructor(private readonly base: string) {}

  /** Starts the master over all pipelines and returns the address of the run. */
  async start(): Promise<string> {
    const response = await fetch(`${this.base}/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({}),
    });
    const location = response.headers.get('location');
    if (response.status === 202 && location !== null) return new URL(location, this.base).href;
    throw new DemoError(`POST ${this.base}/runs answered ${response.status}: ${await response.text()}`);
  }

  /** Polls the run until it has ended, and gives each state on the way to `onUpdate`. */
  async follow(run: string, onUpdate: (record: RunRecord) => void, signal: AbortSignal): Promise<RunRecord> {
    for (;;) {
      const record = await this.read(run, signal);
      if (record !== undefined) {
        onUpdate(record);
        if (ENDED.has(record.status)) return record;
      }
      await sleep(POLL_MS, undefined, { signal });
    }
  }

  /** The record, or undefined as long as the run has not written it: the master does so as its first step. */
  private async read(run: string, signal: AbortSignal): Promise<RunRecord | undefined> {
    const response = await fetch(run, { signal });
    if (response.ok) return (await response.json()) as RunRecord;
    const text = await response.text();
    if (response.status === 404) return undefined;
    throw new DemoError(`GET ${run} answered ${response.status}: ${text}`);
  }
}

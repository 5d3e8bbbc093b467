import { randomUUID } from 'node:crypto';
import type { FunctionApp } from '../worker/function-app';
import type { AppFunctions } from './app-functions';
import { concludeEpisode, freshEvents, nextBatch, orchestratorMissing } from './episode';
import type { InstanceStore } from './instance-store';
import { isTerminal, type Again, type Episode, type Orchestration } from './model';
import { isNewer } from './is-newer';
import { orchestratorPayload } from './payload';
import { readOrchestratorState } from './sdk-answer';
import type { Facts } from './schedule-actions';

/** How long an episode waits that could not be processed, in ms. */
const RETRY_MS = 5000;

/** What the runner needs besides the app. */
export interface OrchestrationRunnerOptions {
  app: FunctionApp;
  functions: AppFunctions;
  store: InstanceStore;
  /** `defaultVersion` of host.json. */
  defaultVersion: string | null;
  /** Acts upon a record that is on disk. */
  recorded(one: Orchestration, record: Episode | Again): void;
  failed(error: unknown): void;
}

/** Runs episodes: one at a time for each instance. */
export class OrchestrationRunner {
  private stopped = false;
  private readonly facts: Facts;

  constructor(private readonly options: OrchestrationRunnerOptions) {
    const { functions, defaultVersion } = options;
    this.facts = {
      hasActivity: (name) => functions.activities.has(name.toLowerCase()),
      hasOrchestrator: (name) => functions.orchestrators.has(name.toLowerCase()),
      defaultVersion,
      newId: () => randomUUID(),
    };
  }

  stop(): void {
    this.stopped = true;
  }

  /** Runs the instance as long as something waits for it. */
  wake(one: Orchestration): void {
    if (one.busy || this.stopped || one.inbox.length === 0) return;
    if (one.status === 'Suspended' || isTerminal(one.status) || this.isTooNew(one)) return;
    one.busy = true;
    void this.episode(one)
      .catch((error: unknown) => {
        this.options.failed(error);
        return new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      })
      .finally(() => {
        one.busy = false;
        if (this.isCurrent(one)) this.wake(one);
      });
  }

  private async episode(one: Orchestration): Promise<void> {
    const record = await this.play(one);
    if (record === undefined) return;
    await this.options.store.write(one, record);
    this.options.recorded(one, record);
  }

  /** @returns undefined where the instance was ended or replaced meanwhile */
  private async play(one: Orchestration): Promise<Episode | Again | undefined> {
    const batch = nextBatch(one);
    const registered = this.options.functions.orchestrators.get(one.name.toLowerCase());
    if (registered === undefined) return orchestratorMissing(one, batch);
    const fresh = freshEvents(batch, one.history);
    const { executionId } = one;
    const outcome = await this.options.app.invoke(registered.name, {
      triggerData: { json: orchestratorPayload(one, fresh) },
      triggerMetadata: { instanceId: { string: one.id } },
    });
    if (this.stopped || !this.isCurrent(one) || one.executionId !== executionId || isTerminal(one.status)) {
      return undefined;
    }
    return concludeEpisode(one, batch, fresh, readOrchestratorState(outcome), this.facts);
  }

  private isCurrent(one: Orchestration): boolean {
    return this.options.store.orchestrations.get(one.id) === one;
  }

  /** An instance of a newer version waits for a newer app. */
  private isTooNew({ version, history }: Orchestration): boolean {
    const { defaultVersion } = this.options;
    return version !== null && defaultVersion !== null && history.length === 0 && isNewer(version, defaultVersion);
  }
}

import { randomUUID } from 'node:crypto';
import type { FunctionApp } from '../worker/function-app';
import type { AppFunctions } from './app-functions';
import { concludeEpisode, freshEvents, nextBatch, failedAtOnce } from './episode';
import type { InstanceStore } from './instance-store';
import { isTerminal, type Again, type Episode, type Orchestration } from './model';
import { orchestratorPayload } from './payload';
import { readOrchestratorState } from './sdk-answer';
import type { Facts } from './schedule-actions';
import type { VersionRules, VersionVerdict } from './version-rules';

/** How long an episode waits that could not be processed, in ms. */
const RETRY_MS = 5000;

/** What the runner needs besides the app. */
export interface OrchestrationRunnerOptions {
  app: FunctionApp;
  functions: AppFunctions;
  store: InstanceStore;
  versions: VersionRules;
  /** Acts upon a record that is on disk. */
  recorded(one: Orchestration, record: Episode | Again): void;
  failed(error: unknown): void;
}

/** Runs episodes: one at a time for each instance. */
export class OrchestrationRunner {
  private stopped = false;
  private readonly facts: Facts;

  constructor(private readonly options: OrchestrationRunnerOptions) {
    const { functions, versions } = options;
    this.facts = {
      hasActivity: (name) => functions.activities.has(name.toLowerCase()),
      hasOrchestrator: (name) => functions.orchestrators.has(name.toLowerCase()),
      defaultVersion: versions.defaultVersion,
      newId: () => randomUUID(),
    };
  }

  stop(): void {
    this.stopped = true;
  }

  /** Runs the instance as long as something waits for it. */
  wake(one: Orchestration): void {
    if (one.busy || this.stopped || one.inbox.length === 0) return;
    if (one.status === 'Suspended' || isTerminal(one.status) || this.verdict(one).kind === 'wait') return;
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
    const verdict = this.verdict(one);
    if (verdict.kind === 'fail') return failedAtOnce(one, batch, verdict.message);
    const registered = this.options.functions.orchestrators.get(one.name.toLowerCase());
    if (registered === undefined) {
      const text = `The function '${one.name}' doesn't exist, is disabled, or is not an orchestrator function.`;
      return failedAtOnce(one, batch, text);
    }
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

  /** Only the beginning is judged: what an app has begun it goes on with. */
  private verdict({ version, history }: Orchestration): VersionVerdict {
    return history.length > 0 ? { kind: 'run' } : this.options.versions.judge(version);
  }
}

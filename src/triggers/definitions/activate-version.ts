import { ApprovalOutdatedError } from '../../errors/approval-outdated-error';
import { StorageConflictError } from '../../errors/storage-conflict-error';
import { UnknownPipelineError } from '../../errors/unknown-pipeline-error';
import type { DefinitionEvent, DefinitionHead } from '../../model/definition-version';
import type { TriggerServices } from '../trigger-services';

const ATTEMPTS = 5;

type Services = Pick<TriggerServices, 'stores' | 'clock' | 'environment' | 'definitions'>;

export interface Activation {
  readonly pipeline: string;
  /** A whole hash; that of the deployed version ends a pin. */
  readonly hash: string;
  readonly by: string;
  readonly reason: string;
}

/**
 * Lets runs use a kept version in place of the deployed one, until another one is deployed; or the deployed one again. Done again, it
 * changes nothing.
 * @throws {UnknownPipelineError | ProjectInvalidError | DefinitionNotFoundError | DefinitionNotUsableError | StorageError}
 */
export async function activateVersion(services: Services, activation: Activation): Promise<void> {
  const { pipeline, hash, by, reason } = activation;
  const { deployed } = await services.definitions.runnableWith({ [pipeline]: hash });
  const over = deployed[pipeline];
  if (over === undefined) throw new UnknownPipelineError(pipeline, 'Look the name up in GET /api/pipelines.');
  const at = services.clock.now();
  await changeHead(services, pipeline, (head) => {
    const kind = hash === over ? 'followed' : 'activated';
    const isDone = hash === over ? head.pin === null && head.approved === over : isPinned(head, hash, over);
    if (isDone) return null;
    const next =
      hash === over ? { ...head, pin: null, approved: over } : { ...head, pin: { hash, over, by, at, reason } };
    return { next, event: { pipeline, at, kind, hash, by, reason } };
  });
}

function isPinned({ pin }: DefinitionHead, hash: string, over: string): boolean {
  return pin?.hash === hash && pin.over === over;
}

/**
 * Lets runs use what a deployment brought. Done again, it changes nothing.
 * @throws {ApprovalOutdatedError | StorageError} the first where another version was deployed meanwhile, with nothing changed.
 */
export async function approveDeployed(
  services: Services,
  versions: Readonly<Record<string, string>>,
  { by, reason }: Pick<Activation, 'by' | 'reason'>,
): Promise<void> {
  const heads = await services.stores.definitions.heads(services.environment);
  for (const [pipeline, hash] of Object.entries(versions)) refuseOther(pipeline, hash, heads.get(pipeline)?.value);
  const at = services.clock.now();
  for (const [pipeline, hash] of Object.entries(versions)) {
    await changeHead(services, pipeline, (head) => {
      refuseOther(pipeline, hash, head);
      if (head.approved === hash) return null;
      return { next: { ...head, approved: hash }, event: { pipeline, at, kind: 'approved', hash, by, reason } };
    });
  }
}

function refuseOther(pipeline: string, hash: string, head: DefinitionHead | undefined): void {
  if (head?.deployed === hash) return;
  throw new ApprovalOutdatedError(
    `Another version of ${pipeline} was deployed after ${hash.slice(0, 12)} was looked at.`,
  );
}

async function changeHead(
  { stores, environment }: Services,
  pipeline: string,
  change: (head: DefinitionHead) => { readonly next: DefinitionHead; readonly event: DefinitionEvent } | null,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const known = (await stores.definitions.heads(environment)).get(pipeline);
    if (known === undefined) throw new UnknownPipelineError(pipeline, 'Look the name up in GET /api/pipelines.');
    const changed = change(known.value);
    if (changed === null) return;
    const { next, event } = changed;
    const head = { ...next, version: known.value.version + 1 };
    if (!(await stores.definitions.saveHead(environment, head, event, known.etag))) continue;
    await stores.audit.append({
      at: event.at,
      action: `definition-${event.kind}`,
      by: event.by,
      subject: pipeline,
      detail: { hash: event.hash, deployed: head.deployed, environment, reason: event.reason },
      correlationId: `${pipeline}-${event.hash.slice(0, 12)}`,
    });
    return;
  }
  throw new StorageConflictError(`changing the version of ${pipeline}`);
}

import { createHash } from 'node:crypto';
import type { Guards } from '../../config/schema/guards';
import type { Stores } from '../../state/stores';
import type { DefinitionServices, Heads } from '../definitions/note-deployed';
import { recordApproval } from './request-approval';

/**
 * Asks for the approval of what a deployment changed, all of it at once. What an earlier deployment changed and nobody decided about is
 * withdrawn: it is not there any more. The same deployment asks once, whatever was decided.
 */
export async function askForChanges(
  services: DefinitionServices,
  guards: Guards,
  heads: Heads,
  deployed: Readonly<Record<string, string>>,
): Promise<void> {
  const waiting = Object.entries(deployed).flatMap(([name, hash]) => {
    const head = heads.get(name)?.value;
    return head === undefined || head.approved === hash || head.pin !== null ? [] : [head];
  });
  const versions = Object.fromEntries(waiting.map(({ pipeline, deployed: hash }) => [pipeline, hash]));
  const text = JSON.stringify(waiting.map(({ pipeline, deployed: hash, deployedAt }) => [pipeline, hash, deployedAt]));
  const deployment = createHash('sha256').update(text).digest('hex').slice(0, 24);
  await withdrawOthers(services, versions);
  if (waiting.length === 0) return;
  const names = waiting.map(({ pipeline }) => pipeline).toSorted();
  const summary = `use what was deployed of ${names.join(', ')}`;
  await recordApproval(services, guards, {
    action: { kind: 'change', versions },
    subject: deployment,
    requester: services.deployedBy,
    reason: 'deployed',
    summary: summary.length > 400 ? `${summary.slice(0, 399)}…` : summary,
    once: true,
  });
}

async function withdrawOthers(
  { stores, clock }: { readonly stores: Stores; readonly clock: DefinitionServices['clock'] },
  versions: Readonly<Record<string, string>>,
): Promise<void> {
  for (const { id, action, decision, correlationId } of await stores.approvals.open()) {
    if (action.kind !== 'change' || decision !== null || isSame(action.versions, versions)) continue;
    const [at, reason] = [clock.now(), 'other definitions were deployed since'];
    const { verdict } = await stores.approvals.decide(id, { verdict: 'withdrawn', by: 'deployment', at, reason });
    if (verdict !== 'withdrawn') continue;
    const detail = { reason };
    await stores.audit.append({
      at,
      action: 'approval-withdrawn',
      by: 'deployment',
      subject: id,
      detail,
      correlationId,
    });
  }
}

function isSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

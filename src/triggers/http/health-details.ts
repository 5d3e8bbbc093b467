import { ORCHESTRATION_VERSION } from '../../durable/contracts/version';
import type { Examination } from '../../model/diagnosis';
import { redact } from '../../observability/redact';
import { examine } from '../../platform/doctor/examine';
import { verifyAudit } from '../audit/verify-audit';
import type { TriggerServices } from '../trigger-services';
import type { Route } from './handle';

const DAY_MS = 86_400_000;

/** Examinations under way: whoever asks meanwhile gets the same one. */
const underWay = new WeakMap<TriggerServices['stores'], Promise<Examination>>();

/** `GET /api/health/details`: everything that the app needs, tried from where it runs; 200 also where something has failed. */
export const healthDetails: Route = async (services) => {
  let examination = underWay.get(services.stores);
  if (examination === undefined) {
    examination = examineApp(services).finally(() => underWay.delete(services.stores));
    underWay.set(services.stores, examination);
  }
  const { findings, ...rest } = await examination;
  // What went wrong is said by servers and drivers, who may repeat what they were sent.
  const shown = findings.map((finding) => ({ ...finding, message: redact(finding.message) }));
  return { jsonBody: { ...rest, findings: shown } };
};

function examineApp(services: TriggerServices): Promise<Examination> {
  const { env, settings, appFolder, identityToken } = services.self;
  const { partial } = services.project.load();
  const host = env['WEBSITE_HOSTNAME'];
  return examine({
    env,
    settings,
    appFolder,
    orchestrationVersion: ORCHESTRATION_VERSION,
    // Inside of a network, by its own name, the app meets its own private endpoint; elsewhere its public address.
    api: services.inAzure && host !== undefined ? `https://${host}/api` : null,
    nowMs: () => services.clock.nowMs(),
    token: identityToken,
    connections: Object.keys(partial.connections),
    testConnection: (name) => services.testConnection(name),
    secretExpiries: () => services.secretExpiries(),
    problems: async () => {
      const { problems } = await services.project.check();
      const of = (severity: string): number => problems.filter((problem) => problem.severity === severity).length;
      return { errors: of('error'), warnings: of('warning') };
    },
    audit: async () => {
      const from = new Date(services.clock.nowMs() - 2 * DAY_MS).toISOString().slice(0, 10);
      const { findings } = await verifyAudit(services, { from });
      const [first] = findings;
      return first === undefined ? null : `${findings.length} findings: ${first.kind} ${first.day}: ${first.message}`;
    },
  });
}

import type { ConnectionTest } from '../../model/connection-test';
import { examinationOf, type Diagnosis, type Examination } from '../../model/diagnosis';
import type { SecretExpiry } from '../../model/secret-expiry';
import type { Settings } from '../settings';
import { examineHostJson } from './examine-host-json';
import { examineAccess, examineExposure } from './examine-exposure';
import { examineQueue } from './examine-queue';
import { examineSettings } from './examine-settings';
import { examineStorage, type StateNames } from './examine-storage';
import { examineVersions } from './examine-versions';

/** What an examination is given of the app, and of what else looks at its parts. */
export interface Patient {
  readonly env: NodeJS.ProcessEnv;
  /** Null where they cannot be read: then the examination says so, and looks at what is left. */
  readonly settings: Settings | null;
  /** Holds host.json, package.json and node_modules. */
  readonly appFolder: string;
  /** Of the orchestrations of this build; null where it is not known. */
  readonly orchestrationVersion: string | null;
  /** Address of the API, to knock at; null to leave that out. */
  readonly api: string | null;
  nowMs(): number;
  token(scope: string): Promise<string>;
  /** Names of connections, and how each is tried. */
  readonly connections: readonly string[];
  testConnection(name: string): Promise<ConnectionTest>;
  secretExpiries(): Promise<readonly SecretExpiry[]>;
  /** Errors and warnings of the pipelines folder. */
  problems(): Promise<{ readonly errors: number; readonly warnings: number }>;
  /** Says what is wrong with the audit trail, in words, or null where nothing is; null to leave that out. */
  readonly audit: (() => Promise<string | null>) | null;
}

const NAMES: StateNames = { container: 'work', auditContainer: 'audit', table: 'sluicecursors' };
const STORAGE_SCOPE = 'https://storage.azure.com/.default';
/** An end so near is a warning; one that has come is a failure. */
const WARN_DAYS = 30;

/** Tries everything that the app needs, and says for each what to do. Changes nothing that stays. Never throws. */
export async function examine(patient: Patient): Promise<Examination> {
  const { env, settings, appFolder, orchestrationVersion, api } = patient;
  const state = settings?.storageSetting ?? 'AzureWebJobsStorage';
  const parts: Promise<readonly Diagnosis[]>[] = [
    Promise.resolve(examineSettings(env)),
    Promise.resolve(examineVersions(appFolder)),
    Promise.resolve(examineHostJson(appFolder, orchestrationVersion)),
    examineStorage(state, NAMES, env, () => patient.nowMs()),
    whole('secrets', 'expiry', async () => secretFindings(await patient.secretExpiries())),
    whole('pipelines', 'pipelines folder', async () => [folderFinding(await patient.problems())]),
    ...patient.connections.map((name) =>
      whole('connections', name, async () => connectionFindings(await patient.testConnection(name))),
    ),
  ];
  const { audit } = patient;
  if (audit !== null) parts.push(whole('audit', 'audit trail', async () => [auditFinding(await audit())]));
  if (settings !== null) parts.push(Promise.resolve([examineAccess(settings)]));
  if (settings !== null && settings.eventQueue !== null) {
    const token = (): Promise<string> => patient.token(STORAGE_SCOPE);
    parts.push(examineQueue(settings.storageSetting, settings.eventQueue, env, token).then((one) => [one]));
  }
  if (api !== null) parts.push(examineExposure(api));
  return examinationOf((await Promise.all(parts)).flat(), new Date(patient.nowMs()).toISOString());
}

/** A part that could not be looked at as a whole is a finding too. */
async function whole(
  area: Diagnosis['area'],
  what: string,
  look: () => Promise<readonly Diagnosis[]>,
): Promise<readonly Diagnosis[]> {
  try {
    return await look();
  } catch (error) {
    const { message, nextAction } = error as { message?: unknown; nextAction?: unknown };
    const fix = typeof nextAction === 'string' ? nextAction : null;
    return [{ area, what, status: 'failed', message: String(message ?? error).slice(0, 300), fix }];
  }
}

function connectionFindings({ connection, kind, uses }: ConnectionTest): readonly Diagnosis[] {
  return uses.map(({ as, works, findings, failure }) => ({
    area: 'connections',
    what: `${connection} (${kind}) as a ${as}`,
    status: works ? 'ok' : 'failed',
    message: failure === null ? findings.join(' ') : `${failure.code}: ${failure.message}`,
    fix: failure?.nextAction ?? null,
  }));
}

function secretFindings(expiries: readonly SecretExpiry[]): readonly Diagnosis[] {
  if (expiries.length === 0) {
    return [{ area: 'secrets', what: 'secrets', status: 'ok', message: 'the pipelines name none', fix: null }];
  }
  return expiries.map(({ name, expiresOn, daysLeft, failure }) => {
    const its = { area: 'secrets', what: name } as const;
    if (failure !== null) {
      const fix = `Read docs/runbooks/${failure.code}.md.`;
      return { ...its, status: 'failed', message: `${failure.code}: ${failure.message}`, fix };
    }
    if (expiresOn === null || daysLeft === null) {
      return { ...its, status: 'ok', message: 'can be read; its store names no end', fix: null };
    }
    const day = expiresOn.slice(0, 10);
    if (daysLeft < 0)
      return {
        ...its,
        status: 'failed',
        message: `ended on ${day}`,
        fix: 'Put a new version into the vault; the app takes it by itself.',
      };
    if (daysLeft < WARN_DAYS)
      return {
        ...its,
        status: 'warning',
        message: `ends on ${day}, in ${daysLeft} days`,
        fix: 'Rotate it: docs/security.md.',
      };
    return { ...its, status: 'ok', message: `can be read; ends on ${day}`, fix: null };
  });
}

function folderFinding({ errors, warnings }: { readonly errors: number; readonly warnings: number }): Diagnosis {
  const its = { area: 'pipelines', what: 'pipelines folder' } as const;
  if (errors > 0)
    return { ...its, status: 'failed', message: `${errors} errors`, fix: 'npx sluice validate names each.' };
  return warnings > 0
    ? { ...its, status: 'warning', message: `${warnings} warnings`, fix: 'npx sluice validate names each.' }
    : { ...its, status: 'ok', message: 'has no problems', fix: null };
}

function auditFinding(wrong: string | null): Diagnosis {
  const its = { area: 'audit', what: 'audit trail of the last days' } as const;
  return wrong === null
    ? { ...its, status: 'ok', message: 'is whole', fix: null }
    : {
        ...its,
        status: 'failed',
        message: wrong,
        fix: 'Read docs/runbooks/audit-chain-broken.md before you change anything.',
      };
}

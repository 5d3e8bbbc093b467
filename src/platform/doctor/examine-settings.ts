import { didYouMean } from '../../model/closest';
import type { Diagnosis } from '../../model/diagnosis';
import { InvalidSettingsError } from '../../errors/invalid-settings-error';
import { readSettings, SETTING_NAMES } from '../settings';

/** Settings of the command line, the embedded host and the tests, which the app does not read. */
const OTHERS =
  /^SLUICE_(SECRET_.+|PORT|FUNCTION_KEY|ACCESS_TOKEN|DATA_FOLDER|DEMO_DATA|LOCAL_EVENT_GRID|RECORDING|FAULTS|TEST_RUN|FUZZ_\w+|API_CLIENT_ID|POSTGRES_PORT|STORAGE_PORT_BASE)$/;

/** Looks through the settings: those that cannot be used, those that nothing reads, and those that weaken what protects the app. */
export function examineSettings(env: NodeJS.ProcessEnv): readonly Diagnosis[] {
  const findings: Diagnosis[] = [];
  try {
    readSettings(env);
    findings.push(of('app settings', 'ok', 'can be used', null));
  } catch (error) {
    if (!(error instanceof InvalidSettingsError)) throw error;
    findings.push(of('app settings', 'failed', error.message, error.nextAction));
  }
  const known = SETTING_NAMES.filter((name) => name.startsWith('SLUICE_'));
  for (const name of Object.keys(env)
    .filter((each) => each.startsWith('SLUICE_'))
    .sort()) {
    if (known.includes(name) || OTHERS.test(name)) continue;
    findings.push(
      of(
        name,
        'warning',
        `nothing reads this setting. ${didYouMean(name, known, 'settings')}`,
        'Correct its name, or take it away.',
      ),
    );
  }
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    const fix = 'Take the setting away; a certificate authority of your own goes into NODE_EXTRA_CA_CERTS.';
    findings.push(of('NODE_TLS_REJECT_UNAUTHORIZED', 'failed', 'certificates of servers are not checked', fix));
  }
  if (/--tls-min-v1\.[01]\b/.test(env['NODE_OPTIONS'] ?? '')) {
    findings.push(
      of('NODE_OPTIONS', 'failed', 'TLS older than 1.2 is let in', 'Take --tls-min-v1.0 and --tls-min-v1.1 away.'),
    );
  }
  return findings;
}

const of = (what: string, status: Diagnosis['status'], message: string, fix: string | null): Diagnosis => ({
  area: 'settings',
  what,
  status,
  message,
  fix,
});

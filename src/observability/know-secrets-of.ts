import { knowSecret } from './known-secrets';

/** Settings that hold a secret and nothing else: those of Sluice, of the platform, and of service principals. */
const SECRET_SETTING = /^SLUICE_SECRET_|(^|_)(PASSWORD|SECRET|KEY|TOKEN|IDENTITY_HEADER)$/;
const LEAST = 8;

/** Makes the secrets of an environment known: what its settings say they are, and keys and signatures inside of connection strings. */
export function knowSecretsOf(env: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.length < LEAST) continue;
    if (SECRET_SETTING.test(name.toUpperCase())) knowSecret(value);
    for (const [, secret = ''] of value.matchAll(/(?:AccountKey|SharedAccessKey)=([^;]+)/gi)) knowSecret(secret);
    for (const [, signature = ''] of value.matchAll(/[?&;=]sig=([^;&]+)/gi)) {
      knowSecret(signature);
      knowSecret(decoded(signature));
    }
    // Passwords of addresses such as postgres://user:password@host.
    for (const [, password = ''] of value.matchAll(/:\/\/[^/:@\s]+:([^@\s]+)@/g)) knowSecret(decoded(password));
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

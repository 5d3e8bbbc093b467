import type { SecretResolver } from './create-secret-resolver';

/** Who is told of what becomes of secrets; never a value. */
export interface SecretWitness {
  /** A secret was read, for the first time in this process. */
  read(name: string): Promise<void>;
  /** A secret could not be read. */
  refused(name: string, error: unknown): Promise<void>;
}

/** A resolver that tells of the first read of each name, and of every failure. The witness's own failures concern nobody who asks for a secret. */
export function observedSecrets(resolver: SecretResolver, witness: SecretWitness): SecretResolver {
  const seen = new Set<string>();
  const watched = async <T>(name: string, ask: () => Promise<T>): Promise<T> => {
    let value: T;
    try {
      value = await ask();
    } catch (error) {
      await witness.refused(name, error).catch(() => undefined);
      throw error;
    }
    if (!seen.has(name)) {
      seen.add(name);
      await witness.read(name).catch(() => seen.delete(name));
    }
    return value;
  };
  return {
    ...resolver,
    get: (name) => watched(name, () => resolver.get(name)),
    renewed: (name, refused) => watched(name, () => resolver.renewed(name, refused)),
    clientCertificate: (name) => watched(name, () => resolver.clientCertificate(name)),
    trustedCertificates: (name) => watched(name, () => resolver.trustedCertificates(name)),
  };
}

import type { PostgresConnection } from '../../config/schema/connection';
import type { ObserveCall } from '../../model/observed-call';
import { secretReferenceOf } from '../../model/secret-reference';
import type { ClientCertificate } from '../../platform/secrets/certificate';
import type { SecretResolver } from '../../platform/secrets/create-secret-resolver';

/** What a connection shows to a server, and what it believes of one. */
export interface PostgresLogin {
  /** A password, or a token that serves as one. */
  readonly password?: string | undefined;
  readonly clientCertificate?: ClientCertificate;
  /** PEM; without it the public authorities are trusted. */
  readonly trustedCertificates?: string;
}

/** How a connection gets what the project's files do not hold. */
export interface PostgresCredentials {
  /** Resolves what the connection names, for every connection that is opened. */
  login(): Promise<PostgresLogin>;
  /** After a login that failed: another one, fetched anew, or null where nothing has changed. */
  renewed?(refused: PostgresLogin): Promise<PostgresLogin | null>;
  /** Told of every statement that has ended. */
  readonly observe?: ObserveCall;
}

/** Where the values come from. */
export interface CredentialSources {
  readonly secrets: Pick<SecretResolver, 'get' | 'renewed' | 'clientCertificate' | 'trustedCertificates'>;
  /** A token of the app's identity; where there is none, connections go without. */
  readonly databaseToken?: (() => Promise<string>) | undefined;
  readonly observe?: ObserveCall | undefined;
}

/** The credentials that a connection names: a password, a certificate, both, or else the app's own identity. */
export function postgresCredentials(
  config: Pick<PostgresConnection, 'password' | 'clientCertificate' | 'rootCertificate'>,
  { secrets, databaseToken, observe }: CredentialSources,
): PostgresCredentials {
  const password = nameIn(config.password);
  const client = nameIn(config.clientCertificate);
  const root = nameIn(config.rootCertificate);
  const named = [password, client, root].filter((name) => name !== null);
  /** What the store had under each name when a login was made. */
  const used = new WeakMap<PostgresLogin, ReadonlyMap<string, string>>();
  const login = async (): Promise<PostgresLogin> => {
    const values = new Map<string, string>();
    for (const name of named) values.set(name, await secrets.get(name));
    const token = password === null && client === null ? await databaseToken?.() : undefined;
    const made: PostgresLogin = {
      password: password === null ? token : values.get(password),
      ...(client !== null && { clientCertificate: await secrets.clientCertificate(client) }),
      ...(root !== null && { trustedCertificates: await secrets.trustedCertificates(root) }),
    };
    used.set(made, values);
    return made;
  };
  return {
    ...(observe !== undefined && { observe }),
    login,
    async renewed(refused) {
      let changed = false;
      for (const [name, value] of used.get(refused) ?? []) {
        if ((await secrets.renewed(name, value)) !== null) changed = true;
      }
      if (changed) return login();
      if (named.length > 0 || databaseToken === undefined) return null;
      const again = await login();
      return again.password === refused.password ? null : again;
    },
  };
}

/** The schema lets nothing but a reference through. */
function nameIn(reference: string | undefined): string | null {
  return reference === undefined ? null : (secretReferenceOf(reference)?.name ?? null);
}

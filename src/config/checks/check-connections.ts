import { isLoopback } from '../../model/is-loopback';
import { placeholdersIn } from '../parameters';
import type { Problem, Project } from '../project';
import type { Connection } from '../schema/connection';
import type { Place } from '../yaml/located';
import { formatPath, type YamlPath } from '../yaml/yaml-path';

type Locate = (connection: string, path: YamlPath) => Place & { readonly value: string | null };

/** Keys of connections that take a secret, and nothing else. */
const SECRET_KEYS: ReadonlySet<string> = new Set(['password', 'value', 'clientSecret']);
const CERTIFICATE_KEYS: ReadonlySet<string> = new Set(['clientCertificate', 'rootCertificate']);

/**
 * What connections cannot hold: parameters anywhere, since connections belong to no run, secrets but as a password or key, certificates
 * but as one, and ways to another machine that others can listen to.
 */
export function checkConnections(connections: Project['connections'], locate: Locate): Problem[] {
  return Object.entries(connections).flatMap(([name, connection]) => {
    const problem = (path: YamlPath, code: string, message: string, fix: string): Problem => ({
      ...locate(name, path),
      path: formatPath(['connections', name, ...path]),
      code,
      message,
      fix,
      severity: 'error',
    });
    const parameters = placeholdersIn(connection, 'param').map(({ path }) =>
      problem(
        path,
        'parameter-not-allowed',
        'a parameter cannot stand in a connection',
        'Use ${env:NAME}, or an overlay.',
      ),
    );
    const secrets = placeholdersIn(connection, 'secret')
      .filter(({ path }) => !SECRET_KEYS.has(String(path.at(-1))))
      .map(({ path }) =>
        problem(path, 'secret-not-allowed', 'a secret can stand only as a password or key', 'Use ${env:NAME} here.'),
      );
    const certificates = placeholdersIn(connection, 'certificate')
      .filter(({ path }) => !CERTIFICATE_KEYS.has(String(path.at(-1))))
      .map(({ path }) =>
        problem(
          path,
          'certificate-not-allowed',
          'a certificate can stand only as clientCertificate or rootCertificate',
          'Use ${secret:name} for a password or key.',
        ),
      );
    const ways = unsafeWays(connection).map(({ key, code, message, fix }) => problem([key], code, message, fix));
    return [...parameters, ...secrets, ...certificates, ...ways];
  });
}

interface UnsafeWay {
  readonly key: string;
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** What is wrong with the way to the server of a connection: each way out that checks nothing needs a reason, in the file. */
function unsafeWays(connection: Connection): UnsafeWay[] {
  if (connection.kind === 'http') {
    const { baseUrl, clientCertificate, rootCertificate } = connection;
    if (clientCertificate === undefined && rootCertificate === undefined) return [];
    if (baseUrl.startsWith('https:')) return [];
    return [
      {
        key: clientCertificate === undefined ? 'rootCertificate' : 'clientCertificate',
        code: 'tls-required',
        message: 'a certificate is shown over TLS only, and baseUrl says http',
        fix: 'Write https:// in baseUrl, or take the certificate out.',
      },
    ];
  }
  if (connection.kind !== 'postgres') return [];
  const { host, tls, tlsReason, clientCertificate, rootCertificate } = connection;
  const ways: UnsafeWay[] = [];
  // A host that is still a placeholder is a problem of its own, or a stand-in of a machine without settings.
  const elsewhere = !isLoopback(host) && !host.includes('${');
  if (tls === 'off' && elsewhere) {
    ways.push({
      key: 'tls',
      code: 'tls-required',
      message: `tls: off is for servers on this machine, and ${host} is not`,
      fix: 'Write tls: verify-full, with rootCertificate where its authority is your own.',
    });
  }
  if (tls === 'require' && elsewhere && tlsReason === undefined) {
    ways.push({
      key: 'tls',
      code: 'tls-reason-missing',
      message: 'tls: require does not check who the server is, so that anybody on the way can pass for it',
      fix: 'Write tls: verify-full (rootCertificate names an authority of your own), or say in tlsReason why that is not possible.',
    });
  }
  if (tls === 'off' && (clientCertificate ?? rootCertificate) !== undefined) {
    ways.push({
      key: clientCertificate === undefined ? 'rootCertificate' : 'clientCertificate',
      code: 'tls-required',
      message: 'a certificate is shown over TLS only, and tls is off',
      fix: 'Write tls: verify-full, or take the certificate out.',
    });
  }
  if (tls === 'require' && rootCertificate !== undefined) {
    ways.push({
      key: 'rootCertificate',
      code: 'certificate-unused',
      message: 'tls: require checks no certificate of the server',
      fix: 'Write tls: verify-full, or take rootCertificate out.',
    });
  }
  return ways;
}

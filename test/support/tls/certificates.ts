import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, boolean, explicit, identifier, implicit, integer, octets, sequence, set, time, utf8 } from './der';

/** A certificate for tests, with its key, as PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface LeafOptions {
  /** Names and addresses of the server, or the name of the client; the first is the common name too. */
  readonly names: readonly string[];
  /** Days from now; negative for one that is over. 30 by default. */
  readonly days?: number;
}

/** An authority that tests trust and nobody else does. */
export interface TestAuthority {
  /** PEM, to be trusted. */
  readonly cert: string;
  issue(options: LeafOptions): TestCertificate;
}

const ECDSA_WITH_SHA256 = sequence(identifier('1.2.840.10045.4.3.2'));
const DAY_MS = 86_400_000;

interface Subject {
  readonly name: Buffer;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Makes an authority of a test's own: a key on P-256 and a certificate that signs itself. Nothing is installed anywhere. */
export function testAuthority(name = 'Test Authority'): TestAuthority {
  const authority = subject(name);
  const basic = extension('2.5.29.19', sequence(boolean(true)), true);
  const usage = extension('2.5.29.15', bits(Buffer.from([0x06])), true);
  const cert = certificate(authority, authority, 365, [basic, usage]);
  return {
    cert,
    issue: ({ names, days = 30 }) => {
      const leaf = subject(names[0] ?? 'nobody');
      const alternative = names.map((each) =>
        isIP(each) === 4 ? implicit(7, Buffer.from(each.split('.').map(Number))) : implicit(2, Buffer.from(each)),
      );
      const purposes = sequence(identifier('1.3.6.1.5.5.7.3.1'), identifier('1.3.6.1.5.5.7.3.2'));
      const extensions = [extension('2.5.29.17', sequence(...alternative)), extension('2.5.29.37', purposes)];
      return { cert: certificate(leaf, authority, days, extensions), key: pem('PRIVATE KEY', pkcs8(leaf.privateKey)) };
    },
  };
}

function subject(commonName: string): Subject {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...keys, name: sequence(set(sequence(identifier('2.5.4.3'), utf8(commonName)))) };
}

/** RFC 5280, section 4.1. */
function certificate(of: Subject, issuer: Subject, days: number, extensions: readonly Buffer[]): string {
  const now = Date.now();
  const from = new Date(now - Math.max(1, 1 - days) * DAY_MS);
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    issuer.name,
    sequence(time(from), time(new Date(now + days * DAY_MS))),
    of.name,
    of.publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, issuer.privateKey);
  return pem('CERTIFICATE', sequence(body, ECDSA_WITH_SHA256, bits(signature)));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(identifier(id), ...(critical ? [boolean(true)] : []), octets(value));
}

const pkcs8 = (key: KeyObject): Buffer => key.export({ type: 'pkcs8', format: 'der' });

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

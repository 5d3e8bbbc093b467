import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { CertificateInvalidError } from '../../errors/certificate-invalid-error';
import type { StoredSecret } from './secret-store';

/** What a TLS client shows to say who it is, as `node:tls` takes it: PEM texts, or a PKCS#12 container. */
export type ClientCertificate = { readonly cert: string; readonly key: string } | { readonly pfx: Buffer };

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const KEY = /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----[^-]+-----END (?:RSA |EC )?PRIVATE KEY-----/;

/** A certificate with its key. Throws `certificate-invalid` where it is none, has none, or is over. */
export function clientCertificateOf(name: string, secret: StoredSecret, now: number): ClientCertificate {
  if (!isPem(secret)) return pkcs12Of(name, secret, now);
  const chain = certificatesIn(name, secret.value);
  const key = KEY.exec(secret.value)?.[0];
  if (key === undefined)
    throw new CertificateInvalidError(name, 'there is no private key with it, or a key with a password');
  const [leaf] = chain;
  try {
    if (leaf?.checkPrivateKey(createPrivateKey(key)) !== true)
      throw new Error('the key belongs to another certificate');
  } catch (error) {
    throw new CertificateInvalidError(name, 'its private key is not the one of its first certificate', error);
  }
  refuseExpired(name, Date.parse(leaf.validTo), now);
  return { cert: chain.map(String).join('\n'), key };
}

/** Certificates of authorities to trust, as PEM. A private key beside them is left where it is. Throws `certificate-invalid`. */
export function trustedCertificatesOf(name: string, secret: StoredSecret): string {
  if (!isPem(secret)) throw new CertificateInvalidError(name, 'an authority to trust is kept as PEM, not as PKCS#12');
  return certificatesIn(name, secret.value).map(String).join('\n');
}

/** When the first certificate of a value is over, in milliseconds since 1970; null where that cannot be seen from outside. */
export function endOfCertificate(secret: StoredSecret): number | null {
  const pem = secret.value.match(CERTIFICATES)?.[0];
  if (pem === undefined) return null;
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    return null;
  }
}

function isPem({ contentType, value }: StoredSecret): boolean {
  return contentType === 'application/x-pem-file' || value.includes('-----BEGIN ');
}

function pkcs12Of(name: string, { value, expiresOn }: StoredSecret, now: number): ClientCertificate {
  const pfx = Buffer.from(value, 'base64');
  try {
    createSecureContext({ pfx });
  } catch (error) {
    throw new CertificateInvalidError(name, 'it is neither PEM nor PKCS#12 without a password', error);
  }
  if (expiresOn !== null) refuseExpired(name, expiresOn, now);
  return { pfx };
}

function certificatesIn(name: string, pem: string): X509Certificate[] {
  const found = pem.match(CERTIFICATES) ?? [];
  if (found.length === 0) throw new CertificateInvalidError(name, 'there is no certificate in it');
  try {
    return found.map((text) => new X509Certificate(text));
  } catch (error) {
    throw new CertificateInvalidError(name, 'a certificate in it cannot be read', error);
  }
}

function refuseExpired(name: string, end: number, now: number): void {
  if (end <= now) throw new CertificateInvalidError(name, `it was valid until ${new Date(end).toISOString()}`);
}

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** PEM texts. */
export interface SelfSignedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** DER, as far as a certificate needs it: https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  text: 0x0c,
  time: 0x17,
  sequence: 0x30,
  set: 0x31,
};
const OID = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  basicConstraints: [0x55, 0x1d, 0x13],
  subjectAlternativeName: [0x55, 0x1d, 0x11],
};
const DAY_MS = 86_400_000;

/** A certificate for `localhost` and `127.0.0.1` that signs itself: whoever trusts it as an authority trusts a server that has its key. */
export function selfSignedCertificate(): SelfSignedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(der(TAG.oid, Buffer.from(OID.ecdsaWithSha256)));
  // A name of its own, so that two of them in one list of authorities are not taken for each other.
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const commonName = `sluice test ${createHash('sha256').update(spki).digest('hex').slice(0, 12)}`;
  const name = sequence(
    der(TAG.set, sequence(der(TAG.oid, Buffer.from(OID.commonName)), der(TAG.text, Buffer.from(commonName)))),
  );
  const now = Date.now();
  const toBeSigned = sequence(
    der(0xa0, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, Buffer.concat([Buffer.from([0x01]), randomBytes(8)])),
    algorithm,
    name,
    sequence(utcTime(now - DAY_MS), utcTime(now + 30 * DAY_MS)),
    name,
    spki,
    der(
      0xa3,
      sequence(
        extension(OID.basicConstraints, sequence(der(TAG.boolean, Buffer.from([0xff])))),
        extension(
          OID.subjectAlternativeName,
          sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1]))),
        ),
      ),
    ),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(toBeSigned, algorithm, der(TAG.bits, Buffer.concat([Buffer.from([0]), signature])));
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(TAG.sequence, ...parts);
}

function extension(oid: readonly number[], value: Buffer): Buffer {
  return sequence(der(TAG.oid, Buffer.from(oid)), der(TAG.octets, value));
}

function utcTime(at: number): Buffer {
  return der(TAG.time, Buffer.from(`${new Date(at).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
}

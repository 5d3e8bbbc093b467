import { SluiceError } from './sluice-error';

/** What stands under a name is no certificate that a connection could use. Never holds any of it. */
export class CertificateInvalidError extends SluiceError {
  constructor(name: string, reason: string, cause?: unknown) {
    super(`The certificate '${name}' cannot be used: ${reason}.`, {
      class: 'persistent',
      code: 'certificate-invalid',
      nextAction: `Put a certificate in its place (PEM, or PKCS#12 without a password), as docs/security.md says; then run again.`,
      cause,
    });
  }
}

import { reasonOf } from './reason-of';
import { SluiceError } from './sluice-error';

/** The server of a connection speaks no TLS, or shows a certificate that cannot be trusted. */
export class TlsFailedError extends SluiceError {
  constructor(connection: string, cause?: unknown) {
    super(`No trusted TLS connection (connection ${connection}): ${reasonOf(cause)}`, {
      class: 'persistent',
      code: 'tls-failed',
      nextAction:
        'Correct the certificate of the server, or host, rootCertificate and clientCertificate of the connection; then run again.',
      connection,
      cause,
    });
  }
}

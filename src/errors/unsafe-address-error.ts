import { SluiceError } from './sluice-error';

/** An address on another machine without TLS: what is sent there, keys included, could be read on the way. */
export class UnsafeAddressError extends SluiceError {
  constructor(what: string, url: string) {
    // Without what may stand around the host: user info, path and query.
    const shown = URL.canParse(url) ? `${new URL(url).protocol}//${new URL(url).host}` : 'what is no address';
    super(`${what} names ${shown}: only https, or http on this machine, is safe`, {
      class: 'persistent',
      code: 'unsafe-address',
      nextAction: 'Write the address with https://.',
    });
  }
}

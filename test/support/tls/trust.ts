import tls from 'node:tls';

/** Trusts an authority (PEM) besides the public ones, for TLS connections that this process makes from now on. Gives back what undoes it. */
export function trust(authority: string): () => void {
  const before = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...before, authority]);
  return () => tls.setDefaultCACertificates(before);
}

import { SluiceError } from './sluice-error';

const FIXES = {
  disabled: 'Enable the newest version of the secret, or give it a new version; then run again.',
  network:
    "Let the app's network through the firewall of the vault (a private endpoint, or its outgoing subnet); then run again.",
  untrusted:
    'Set KEY_VAULT_URI to the address of the vault; where a proxy of your own opens TLS, name its authority in NODE_EXTRA_CA_CERTS; then run again.',
  stranger: 'Set KEY_VAULT_URI to the address of the vault, as the portal shows it; then run again.',
  role: "Give the app's identity the role Key Vault Secrets User on the vault (sluice roles lists it); then run again.",
} as const;

/** A store of secrets knows the name, or may know it, and does not hand out the value. */
export class SecretRefusedError extends SluiceError {
  constructor(name: string, where: string, why: keyof typeof FIXES, cause?: unknown) {
    const reason = {
      disabled: 'it is disabled',
      network: 'the app is not let in',
      untrusted: 'what answers there shows a certificate that is not trusted',
      stranger: 'what answers there wants the token of another service',
      role: 'the app has no right to read it',
    };
    super(`The secret '${name}' was refused by ${where}: ${reason[why]}.`, {
      class: 'persistent',
      code: 'secret-refused',
      nextAction: FIXES[why],
      cause,
    });
  }
}

import { hideKnownSecrets } from './known-secrets';

const HIDDEN = '***';
const SECRETS: readonly RegExp[] = [
  /((?:password|passwd|pwd|secret|token|accountkey|sharedaccesssignature|api_?key|client_?secret)["']?\s*[=:]\s*["']?)[^\s;"'&,}]+/gi,
  // Signatures of shared access, and function keys.
  /([?&;](?:sig|code)=)[^\s;"'&,}]+/gi,
  /(\/\/[^/:@\s]+:)[^@\s]+(?=@)/g,
  /(Bearer\s+)[A-Za-z0-9._~+/-]+=*/gi,
];
const SECRET_NAME =
  /^(.*(password|passwd|secret|connectionstring|accountkey|apikey|api_key)|token|.*accesstoken|sig)$/i;

/** Replaces secrets that this process read, and what looks like one (passwords, keys, signatures, tokens, user info of URLs), by `***`. */
export function redact(text: string): string {
  return SECRETS.reduce((result, pattern) => result.replace(pattern, `$1${HIDDEN}`), hideKnownSecrets(text));
}

/** A named value as it may be written: hidden whole where the name says that it is a secret. */
export function redactField<T>(name: string, value: T): T | string {
  if (typeof value !== 'string') return value;
  return SECRET_NAME.test(name) ? HIDDEN : redact(value);
}

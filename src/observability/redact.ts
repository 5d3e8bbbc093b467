const SECRETS: readonly RegExp[] = [
  /((?:password|pwd|secret|token|accountkey|sharedaccesssignature|sig|code|apikey|api_key)["']?\s*[=:]\s*["']?)[^\s;"'&,}]+/gi,
  /(\/\/[^/:@\s]+:)[^@\s]+(?=@)/g,
  /(Bearer\s+)[A-Za-z0-9._~+/-]+=*/gi,
];

/** Replaces what looks like a secret (passwords, keys, signatures, tokens, user info of URLs) by `***`. */
export function redact(text: string): string {
  return SECRETS.reduce((result, pattern) => result.replace(pattern, '$1***'), text);
}

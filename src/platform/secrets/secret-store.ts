/** A secret as its store has it. */
export interface StoredSecret {
  readonly value: string;
  /** Of a certificate: `application/x-pkcs12` or `application/x-pem-file`; null where nobody said. */
  readonly contentType: string | null;
  /** Names the value without telling it; null where the store has no versions. */
  readonly version: string | null;
  /** Milliseconds since 1970; null where it has no end. */
  readonly expiresOn: number | null;
}

/** Where secrets are kept. */
export interface SecretStore {
  /** For messages, such as `the key vault x.vault.azure.net`. */
  readonly where: string;
  /**
   * The newest version.
   * @throws {SecretNotFoundError} for a name that nobody knows, or an empty value.
   * @throws {SecretRefusedError} for a value that is kept back.
   * @throws {VaultUnavailableError} when the store cannot answer now.
   */
  read(name: string): Promise<StoredSecret>;
}

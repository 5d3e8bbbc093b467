import { createHash } from 'node:crypto';
import type { MaskConfig } from '../../config/schema/mask';
import type { PipelineConfig } from '../../config/schema/pipeline';
import type { EngineSession } from '../../engine/engine-session';
import { quoteIdentifier } from '../../engine/quote-identifier';
import { SecretNotFoundError } from '../../errors/secret-not-found-error';

const HMAC_BLOCK_BYTES = 64;
/** The byte that pads each key of an HMAC (RFC 2104). */
const PADS = { inner: 0x36, outer: 0x5c } as const;

/** The salt itself, and the padded keys of the HMAC under it. */
export type SaltKey = 'salt' | keyof typeof PADS;

/** The mask steps of a pipeline. */
export function masksOf({ transform }: Pick<PipelineConfig, 'transform'>): MaskConfig[] {
  return transform.flatMap((step) => ('mask' in step ? [step.mask] : []));
}

/** The name in `${secret:name}`. */
export function saltName(reference: string): string {
  return reference.slice('${secret:'.length, -1);
}

/** The session's variable that holds a salt, or a key made of it. */
export function saltVariable(which: SaltKey, name: string): string {
  return `sluice_${which}_${name}`;
}

/** Names of the secrets that salt the masks of a pipeline; sorted, each once. */
export function saltNames(pipeline: Pick<PipelineConfig, 'transform'>): string[] {
  const names = masksOf(pipeline).flatMap((mask) => ('salt' in mask ? [saltName(mask.salt)] : []));
  return [...new Set(names)].sort();
}

/**
 * Puts salts into variables of the session, bound as values. Throws `SecretNotFoundError` for one that is missing or empty: without it
 * every masked value would be null, or could be found by trying.
 */
export async function setSalts(
  session: EngineSession,
  pipeline: Pick<PipelineConfig, 'transform'>,
  salts: Readonly<Record<string, string>>,
): Promise<void> {
  for (const name of saltNames(pipeline)) {
    const salt = Object.hasOwn(salts, name) ? salts[name] : undefined;
    if (salt === undefined || salt === '') throw new SecretNotFoundError(name, 'what the step was given');
    await session.run(`SET VARIABLE ${quoteIdentifier(saltVariable('salt', name))} = $1`, [salt]);
    for (const which of ['inner', 'outer'] as const) {
      const set = `SET VARIABLE ${quoteIdentifier(saltVariable(which, name))} = unhex($1)`;
      await session.run(set, [paddedKey(salt, PADS[which])]);
    }
  }
}

/** As hexadecimal digits. */
function paddedKey(salt: string, pad: number): string {
  const bytes = Buffer.from(salt, 'utf8');
  const key = bytes.length > HMAC_BLOCK_BYTES ? createHash('sha256').update(bytes).digest() : bytes;
  return Buffer.from(Array.from({ length: HMAC_BLOCK_BYTES }, (_, index) => (key[index] ?? 0) ^ pad)).toString('hex');
}

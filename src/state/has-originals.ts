import type { QuarantineBatch, Stores } from './stores';

/** Whether the rows of a batch can still be loaded: nothing of them is masked, or what is hidden has not been deleted yet. */
export async function hasOriginals(
  { artifacts }: Pick<Stores, 'artifacts'>,
  { originals }: Pick<QuarantineBatch, 'originals'>,
): Promise<boolean> {
  return originals === undefined || (await artifacts.has(originals));
}

import type { RpcBindingInfo } from './rpc';

/** A member of a binding that is text, such as `schedule` or `path`; empty where it is absent or no text. */
export function bindingText(binding: RpcBindingInfo, member: string): string {
  const value = binding[member];
  return typeof value === 'string' ? value : '';
}

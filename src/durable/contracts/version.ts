/**
 * The version of the orchestrations: `defaultVersion` in host.json. Every change that a replay can see raises it, and
 * keeps the golden histories of the versions before.
 */
export const ORCHESTRATION_VERSION = '1.0';

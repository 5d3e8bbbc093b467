/**
 * The version of the orchestrations: `defaultVersion` in host.json. Every change that a replay can see raises it, and
 * keeps the golden histories of the versions before.
 *
 * 1.1: turns in the pool of slots, run windows, and the tasks of maintenance. What was started before has neither `turn` nor `runWindow` in
 * its input and goes on as it began.
 */
export const ORCHESTRATION_VERSION = '1.1';

'use strict';
/*
 * Preloaded into a host (`node --require`): writes what each orchestration was last given and gave back, since it last began anew, to a
 * file of its own in SLUICE_RECORDING. See test/replay/record-histories.ts.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const load = Module._load;
let wrapped = false;

Module._load = function (request, ...rest) {
  const exports = load.call(this, request, ...rest);
  if (request.endsWith('util/testingUtils') && !wrapped && exports.createOrchestrator !== undefined) {
    wrapped = true;
    const create = exports.createOrchestrator;
    exports.createOrchestrator = (orchestrator) => {
      const handler = create(orchestrator);
      return async (trigger, context) => {
        const state = await handler(trigger, context);
        record(context.functionName, trigger, state);
        return state;
      };
    };
  }
  return exports;
};

function record(name, { instanceId, input, history }, { actions, output, isDone, customStatus }) {
  const began = String(new Date(history[0]?.Timestamp ?? 0).getTime());
  const file = `${createHash('sha256').update(`${instanceId} ${began}`).digest('hex').slice(0, 16)}.json`;
  const place = path.join(process.env.SLUICE_RECORDING, file);
  fs.writeFileSync(
    `${place}.part`,
    JSON.stringify({ name, instanceId, isDone, input, history, actions, output, customStatus }),
  );
  fs.renameSync(`${place}.part`, place);
}

'use strict';
/*
 * Preloaded into a host under test (`node --require`): does what SLUICE_FAULTS says when an activity runs. A JSON list of
 * `{ activity, pipeline, when: 'before' | 'after', do: 'kill' | 'wait', file }`. `kill` ends the process without warning,
 * once: the file says that it happened. `wait` goes on when the file is there.
 * The app's modules are wrapped as they load: to load them here would be before the host has prepared them.
 */
const fs = require('node:fs');
const Module = require('node:module');
const { setTimeout: sleep } = require('node:timers/promises');

const faults = JSON.parse(process.env.SLUICE_FAULTS ?? '[]');
const load = Module._load;
let wrapped = false;

Module._load = function (request, ...rest) {
  const exports = load.call(this, request, ...rest);
  if (request === 'durable-functions' && !wrapped && exports.app?.activity !== undefined) {
    wrapped = true;
    const register = exports.app.activity;
    exports.app.activity = (name, options) => register(name, { ...options, handler: faulty(name, options.handler) });
  }
  return exports;
};

function faulty(name, handler) {
  return async (input, context) => {
    const due = (when) =>
      faults.filter((fault) => fault.activity === name && fault.pipeline === input?.pipeline && fault.when === when);
    for (const fault of due('before')) await happen(fault);
    const result = await handler(input, context);
    for (const fault of due('after')) await happen(fault);
    return result;
  };
}

async function happen(fault) {
  if (fault.do === 'wait') {
    while (!fs.existsSync(fault.file)) await sleep(20);
    return;
  }
  if (fs.existsSync(fault.file)) return;
  fs.writeFileSync(fault.file, '');
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
}

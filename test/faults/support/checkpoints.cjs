'use strict';
/*
 * Preloaded into a host under test (`node --require`): names every point at which the host could end, and ends it at one of
 * them. The production code has no hook for it: what is wrapped are the packages it calls (durable-functions, pg, http, fs).
 *
 * SLUICE_CHECKPOINTS is a folder. `order.json` in it says what to do with the run of one pipeline:
 *   { id, pipeline, do: 'record' | 'kill' | 'twice' | 'late', at?, how? }
 * `record` appends every point that is reached to `<id>.points`. `kill` ends the process without warning at the point `at`, once.
 * `twice` does the activity named by `at` twice, `how` one after the other (`turn`) or both at once (`once`). `late` does every activity
 * again, in order, when the file `<id>.again` appears, as a queue does that gives a message out a second time after hours.
 * `<id>.happened` is written when it was done.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const fs = require('node:fs');
const http = require('node:http');
const Module = require('node:module');
const path = require('node:path');

const folder = process.env.SLUICE_CHECKPOINTS;
const orderFile = path.join(folder, 'order.json');
const inside = new AsyncLocalStorage();
/** How often each point was reached, by run. */
const counts = new Map();
const done = [];
const real = { appendFileSync: fs.appendFileSync, writeSync: fs.writeSync, openSync: fs.openSync };

/** The order under way, when it is about this pipeline. */
function orderFor(pipeline) {
  const order = currentOrder();
  return order !== null && (pipeline === null || order.pipeline === pipeline) ? order : null;
}

function currentOrder() {
  try {
    return JSON.parse(fs.readFileSync(orderFile, 'utf8'));
  } catch {
    return null;
  }
}

function happened(order) {
  return fs.existsSync(path.join(folder, `${order.id}.happened`));
}

function tell(order) {
  fs.writeFileSync(path.join(folder, `${order.id}.happened`), '');
}

/** A point is reached: it is recorded, or is the last. */
function reach(scope, label) {
  if (scope === undefined) return;
  const order = orderFor(scope.pipeline);
  if (order === null) return;
  const key = `${order.id} ${scope.name} ${label}`;
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  const point = `${scope.name}: ${label}${count === 1 ? '' : ` (${count})`}`;
  if (order.do === 'record') real.appendFileSync(path.join(folder, `${order.id}.points`), `${point}\n`);
  if (order.do === 'kill' && order.at === point && !happened(order)) die(order);
}

function die(order) {
  tell(order);
  process.kill(process.pid, 'SIGKILL');
  // The signal arrives when it arrives; nothing more may happen until then.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}

const load = Module._load;
const wrapped = new Set();
Module._load = function (request, ...rest) {
  const exports = load.call(this, request, ...rest);
  if (request === 'durable-functions' && exports.app?.activity !== undefined && first(request))
    wrapActivities(exports.app);
  if (request === 'pg' && exports.Client !== undefined && first(request)) wrapQueries(exports.Client);
  return exports;
};

function first(name) {
  if (wrapped.has(name)) return false;
  wrapped.add(name);
  return true;
}

function wrapActivities(app) {
  const register = app.activity;
  app.activity = (name, options) => register(name, { ...options, handler: atPoints(name, options.handler) });
}

function atPoints(name, handler) {
  return (input, context) => {
    const scope = { name: nameOf(name, input), pipeline: pipelineOf(input), transactions: new Map() };
    return inside.run(scope, async () => {
      const order = orderFor(scope.pipeline);
      reach(scope, 'begins');
      if (order?.do === 'late') done.push({ name, handler, input, context });
      let answer;
      if (order?.do === 'twice' && order.at === scope.name) {
        if (order.how === 'turn') await handler(input, context);
        const answers = await Promise.all(
          order.how === 'turn' ? [handler(input, context)] : [handler(input, context), handler(input, context)],
        );
        answer = answers.at(-1);
        tell(order);
      } else answer = await handler(input, context);
      reach(scope, 'ends');
      return answer;
    });
  };
}

function nameOf(name, input) {
  const part = input?.partition ?? (input?.window === undefined ? input?.phase : `${input.step} ${input.window}`);
  return part === undefined ? name : `${name} ${part}`;
}

/** Runs of one pipeline each: what concerns the run as a whole belongs to the pipeline of the order. */
function pipelineOf(input) {
  return input?.pipeline ?? null;
}

const CHANGES =
  /^\s*(BEGIN|COMMIT|ROLLBACK|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|TRUNCATE|MERGE|WITH|COMMENT|COPY|LOCK|DO)\b/i;

/** PostgreSQL: what is inside a transaction has no effect before its COMMIT, so that one point inside stands for all. */
function wrapQueries(Client) {
  const query = Client.prototype.query;
  Client.prototype.query = function (text, ...rest) {
    const scope = inside.getStore();
    const verb = typeof text === 'string' ? CHANGES.exec(text)?.[1]?.toUpperCase() : undefined;
    const ends = verb === 'COMMIT' || verb === 'ROLLBACK';
    if (scope !== undefined && ends) reach(scope, `${verb} not sent`);
    const answer = query.call(this, text, ...rest);
    if (scope === undefined || verb === undefined || typeof answer?.then !== 'function') return answer;
    const changes = scope.transactions.get(this) ?? 0;
    const within = scope.transactions.has(this);
    if (verb === 'BEGIN') scope.transactions.set(this, 0);
    else if (ends) scope.transactions.delete(this);
    else if (within) scope.transactions.set(this, changes + 1);
    if (within && !ends && changes > 0) return answer;
    return answer.then((result) => {
      reach(scope, within && !ends ? 'first change of a transaction' : `${verb} answered`);
      return result;
    });
  };
}

/** Storage: a request that changes something has been answered, and the app has not yet seen the answer. */
const request = http.request;
http.request = function (...args) {
  const sent = request.apply(this, args);
  const scope = inside.getStore();
  const method = sent.method ?? 'GET';
  if (scope === undefined || method === 'GET' || method === 'HEAD') return sent;
  const what = `${method} ${placeOf(sent)} answered`;
  sent.prependListener('response', () => reach(scope, what));
  return sent;
};
Module.syncBuiltinESMExports();

/** Blob or table, without ids that differ from run to run. */
function placeOf(sent) {
  const [, , place = '', ...more] = decodeURIComponent(sent.path.split('?')[0] ?? '').split('/');
  const kind = sent.path.includes('comp=block&') ? 'block of ' : '';
  const last = more.at(-1) ?? '';
  const suffix = /\.[a-z]+$/.exec(last)?.[0] ?? '';
  return `${kind}${place.replace(/\(.*$/, '')}${suffix}`;
}

/** The journals of the embedded host: an episode is a record. */
const journals = new Set();
fs.openSync = function (file, ...rest) {
  const fd = real.openSync.call(this, file, ...rest);
  if (String(file).endsWith('.ndjson')) journals.add(fd);
  else journals.delete(fd);
  return fd;
};
fs.writeSync = function (fd, text, ...rest) {
  if (!journals.has(fd)) return real.writeSync.call(this, fd, text, ...rest);
  const order = currentOrder();
  if (order === null || (order.do !== 'record' && order.do !== 'kill'))
    return real.writeSync.call(this, fd, text, ...rest);
  const number = (counts.get(`${order.id} record`) ?? 0) + 1;
  counts.set(`${order.id} record`, number);
  const name = { pipeline: order.pipeline, name: `record ${number}` };
  reach(name, 'not written');
  if (order.do === 'kill' && order.at === `record ${number}: half written` && !happened(order)) {
    real.writeSync.call(this, fd, text.slice(0, text.length / 2));
    die(order);
  }
  if (order.do === 'record') reach(name, 'half written');
  const written = real.writeSync.call(this, fd, text, ...rest);
  reach(name, 'written');
  return written;
};

/** Deliveries of hours later. */
setInterval(() => {
  const order = currentOrder();
  if (order?.do !== 'late' || happened(order) || !fs.existsSync(path.join(folder, `${order.id}.again`))) return;
  tell(order);
  void (async () => {
    const outcomes = [];
    for (const { name, handler, input, context } of done.splice(0)) {
      const outcome = await handler(input, context).catch((error) => ({ ok: false, failure: { code: String(error) } }));
      outcomes.push({ name, ok: outcome?.ok ?? true, code: outcome?.failure?.code ?? null });
    }
    fs.writeFileSync(path.join(folder, `${order.id}.outcomes`), JSON.stringify(outcomes));
  })();
}, 50).unref();

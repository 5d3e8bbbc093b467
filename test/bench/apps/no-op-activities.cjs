'use strict';
/*
 * Preloaded into a host of the app (`node --require`): its activities do nothing and answer as if each partition had one row, so that what
 * is left is the orchestration. The pipeline `p100` has a hundred partitions.
 */
const Module = require('node:module');

const load = Module._load;
let wrapped = false;
Module._load = function (request, ...rest) {
  const exports = load.call(this, request, ...rest);
  if (request === 'durable-functions' && !wrapped && exports.app?.activity !== undefined) {
    wrapped = true;
    const register = exports.app.activity;
    exports.app.activity = (name, options) =>
      register(name, { ...options, handler: async (input) => ({ ok: true, value: answers[name]?.(input) ?? null }) });
  }
  return exports;
};

const NONE = { read: 0, generated: 0, loaded: 0, filtered: 0, deduplicated: 0, quarantined: 0, collapsed: 0 };
const blob = (name) => ({ path: `runs/none/${name}.json`, bytes: 1000, sha256: 'f'.repeat(64) });
const artifact = (name) => ({ ...blob(name), rows: 1, columns: [] });
const counts = (rows) => ({ ...NONE, read: rows, loaded: rows });
const partitionsOf = ({ pipeline }) => Number(pipeline.slice(1));
const answers = {
  'plan-pipeline': (input) => ({
    outcome: 'planned',
    pipelinePlan: blob('plan'),
    partitions: partitionsOf(input),
    references: 0,
    notes: [],
    sliceLabel: 'nothing',
  }),
  'snapshot-references': () => [],
  'extract-partition': ({ partition }) => ({
    partition,
    artifact: artifact(`raw-${partition}`),
    rejects: null,
    read: 1,
  }),
  'transform-partition': ({ partition }) => ({
    ...{
      partition,
      artifact: artifact(`good-${partition}`),
      quarantine: null,
      counts: counts(1),
      checks: [],
      reasons: [],
    },
  }),
  'stage-partition': ({ partition }) => ({ partition, facts: { rows: 1, checksums: {} } }),
  'seal-step': ({ step, window, results }) => ({
    window,
    manifest: blob(`${step}-${window}`),
    partitions: results.length,
    rows: results.length,
    bytes: 0,
    counts: counts(results.length),
  }),
  'validate-pipeline': (input) => {
    const rows = partitionsOf(input);
    return { verdict: 'passed', message: '', checks: [], reasons: [], exclusions: null, counts: counts(rows) };
  },
  publish: (input) => ({ load: 1, rows: input.counts.loaded, verifications: [], alreadyPublished: false }),
};

'use strict';
/*
 * What the durable runtime's replay forbids. An orchestrator runs again from the start after every event and must decide
 * the same each time: https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-code-constraints
 */
const { builtinModules } = require('node:module');

const TIME = 'Use context.df.currentUtcDateTime: the same at every replay.';
const TIMER = 'Use context.df.createTimer: a timer of the host, which replays.';
const IO = 'Do it in an activity: a replay must not do it again.';
const ENVIRONMENT = 'Read it in an activity and put it in the input: it may differ at the next replay.';
const RANDOM = 'Use context.df.newGuid, or derive it from the instance id: the same at every replay.';

const globals = [
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map((name) => ({ name, message: TIMER })),
  ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'AbortSignal'].map((name) => ({ name, message: IO })),
  ...['process', 'global', 'globalThis', 'require', 'Intl', 'navigator'].map((name) => ({
    name,
    message: ENVIRONMENT,
  })),
  { name: 'crypto', message: RANDOM },
  { name: 'performance', message: TIME },
  { name: 'Promise', message: 'Yield a task instead: the runtime knows only those.' },
  { name: 'console', message: 'Use the replay-safe logger: this one logs again at every replay.' },
];

const properties = [
  { object: 'Date', property: 'now', message: TIME },
  { object: 'Math', property: 'random', message: RANDOM },
];

const syntax = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: TIME },
  { selector: "CallExpression[callee.name='Date']", message: TIME },
  { selector: ':function[async=true]', message: 'An orchestrator is a generator: yield tasks of context.df.' },
  { selector: 'AwaitExpression', message: 'Yield a task of context.df: the runtime does not see a promise.' },
  { selector: 'ImportExpression', message: ENVIRONMENT },
  {
    selector: 'CallExpression[callee.property.name=/^(localeCompare|toLocale.*)$/]',
    message: 'Depends on the locale of the worker. Compare with < and >, and leave formatting to whoever reads.',
  },
];

const imports = {
  paths: [...builtinModules, 'pg', 'pg-copy-streams'].map((name) => ({ name, message: IO })),
  patterns: [{ group: ['node:*', '@azure/*', '@duckdb/*'], message: IO }],
};

/** Matches a call of `context.df.Task.<name>` or `Task.<name>`. */
function taskCall(name, rest) {
  return ['callee.object.property.name', 'callee.object.name']
    .map((object) => `CallExpression[${object}='Task'][callee.property.name='${name}']${rest}`)
    .join(', ');
}

/** Forbidden everywhere but in the one helper that races a wait against a timer. */
const taskAny = {
  selector: taskCall('any', ''),
  message: 'A second Task.any over the same tasks schedules the pending ones again. Use raceWithTimer.',
};

const STALE = 'Make the tasks inside Task.all(...): over tasks that have completed already it never ends.';
const taskAll = [
  { selector: taskCall('all', '[arguments.0.type!=/^(CallExpression|ArrayExpression)$/]'), message: STALE },
  { selector: taskCall('all', ' > ArrayExpression > Identifier'), message: STALE },
];

module.exports = { globals, properties, syntax, imports, taskAny, taskAll };

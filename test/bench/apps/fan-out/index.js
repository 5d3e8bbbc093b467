'use strict';
/* No-op activities, for the cost of the engine alone. */
const df = require('durable-functions');

const WINDOW = 100;

df.app.activity('nothing', { handler: () => 1 });

/** All activities in one Task.all of one orchestration. */
df.app.orchestration('atOnce', function* (context) {
  const tasks = Array.from({ length: context.df.getInput() }, () => context.df.callActivity('nothing'));
  const results = yield context.df.Task.all(tasks);
  return results.length;
});

/** One window after another, each in a sub-orchestration of its own, so that no history grows with the number. */
df.app.orchestration('inWindows', function* (context) {
  let done = 0;
  for (const all = context.df.getInput(); done < all;) {
    done += yield context.df.callSubOrchestrator('atOnce', Math.min(WINDOW, all - done));
  }
  return done;
});

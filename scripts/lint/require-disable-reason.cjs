'use strict';

/** Every `eslint-disable` says why after ` -- `, and names the rules that it turns off. */
module.exports = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      reason: 'Say why after " -- ": the next reader cannot guess.',
      rules: 'Name the rules that this turns off.',
    },
  },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          const found = /^\s*eslint-disable(?:-next-line|-line)?(?=\s|$)([\s\S]*)$/.exec(comment.value);
          if (found === null) continue;
          const [rules, reason] = found[1].split(/\s-{2,}\s/);
          if (rules.trim() === '') context.report({ loc: comment.loc, messageId: 'rules' });
          if (reason === undefined || reason.trim() === '') context.report({ loc: comment.loc, messageId: 'reason' });
        }
      },
    };
  },
};

import type { ConnectionTest } from '../../model/connection-test';

/** A paragraph for each connection: what was found, or what is wrong and what to do. */
export function renderConnectionTests(tests: readonly ConnectionTest[]): string {
  return tests
    .map(({ connection, kind, uses }) => {
      const lines = uses.flatMap(({ as, works, findings, failure }) => [
        `  ${works ? 'works' : 'FAILS'} as a ${as}`,
        ...findings.map((finding) => `    ${finding}`),
        ...(failure === null ? [] : [`    ${failure.message} [${failure.code}]`, `    ${failure.nextAction}`]),
      ]);
      return `${connection} (${kind})\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

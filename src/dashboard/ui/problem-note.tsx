import { linkTo } from '../router';
import type { Problem } from '../api/types';

/** A refusal of the API as people need it: what, what to do, where to read on. */
export function ProblemNote({ problem, retry }: { readonly problem: Problem; readonly retry?: () => void }) {
  const { detail, fix, code, faults = [], runbook } = problem;
  return (
    <div class="note tone-bad" role="alert">
      <p class="note-title">{detail}</p>
      {faults.length > 0 && (
        <ul>
          {faults.map(({ path, message }) => (
            <li key={path}>
              {path !== '' && <code>{path}</code>} {message}
            </li>
          ))}
        </ul>
      )}
      <p>
        <strong>What to do:</strong> {fix}
      </p>
      <p class="soft">
        Code {runbook === undefined ? <code>{code}</code> : <a href={linkTo(['runbooks', code])}>{code}</a>}
        {retry !== undefined && (
          <>
            {' '}
            <button type="button" class="plain" onClick={retry}>
              Ask again
            </button>
          </>
        )}
      </p>
    </div>
  );
}

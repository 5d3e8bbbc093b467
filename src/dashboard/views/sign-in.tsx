import { useState } from 'preact/hooks';
import { ask, BASE, forgetKey, hasKey, problemOf, rememberKey } from '../api/client';
import type { Problem } from '../api/types';
import { Field } from '../ui/field';
import { ProblemNote } from '../ui/problem-note';

/** Asks for what the app wants: a function key, or the sign-in of the platform. */
export function SignIn({ mode, onDone }: { readonly mode: 'key' | 'sign-in'; readonly onDone: () => void }) {
  return (
    <main class="alone">
      <h1>Sluice</h1>
      {mode === 'key' ? <KeyForm onDone={onDone} /> : <SessionLink />}
    </main>
  );
}

function KeyForm({ onDone }: { readonly onDone: () => void }) {
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const tryKey = async (): Promise<void> => {
    rememberKey(key.trim());
    try {
      await ask('GET', 'me');
      onDone();
    } catch (error) {
      forgetKey();
      setProblem(problemOf(error));
    }
  };
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void tryKey();
      }}
    >
      <Field
        label="Function key of the app"
        hint="Kept in this tab until it is closed, and sent in a header, never in an address."
      >
        {(id, hint) => (
          <input
            id={id}
            type="password"
            autocomplete="off"
            aria-describedby={hint}
            required
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        )}
      </Field>
      {problem !== null && !hasKey() && <ProblemNote problem={problem} />}
      <div class="actions">
        <button class="primary" type="submit">
          Open the page
        </button>
      </div>
    </form>
  );
}

function SessionLink() {
  const back = encodeURIComponent(`${location.pathname}${location.hash}`);
  const root = BASE.replace(/\/api$/, '');
  return (
    <div class="card">
      <p>This app knows its operators by Microsoft Entra.</p>
      <p class="actions">
        <a class="button primary" href={`${root}/.auth/login/aad?post_login_redirect_uri=${back}`}>
          Sign in
        </a>
      </p>
    </div>
  );
}

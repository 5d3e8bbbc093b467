import { useEffect, useState } from 'preact/hooks';
import { access, problemOf } from './api/client';
import type { Problem } from './api/types';
import { Frame } from './frame';
import { caller, identify } from './session';
import { Announcements } from './ui/announce';
import { ProblemNote } from './ui/problem-note';
import { SignIn } from './views/sign-in';

/** The page: signed in or not. */
export function App() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const look = (): void => {
    setProblem(null);
    identify().catch((error: unknown) => setProblem(problemOf(error)));
  };
  useEffect(look, []);
  const closed = access.value === 'key' || access.value === 'sign-in';
  return (
    <>
      {closed ? (
        <SignIn mode={access.value === 'sign-in' ? 'sign-in' : 'key'} onDone={look} />
      ) : caller.value !== null ? (
        <Frame />
      ) : (
        <main class="alone">
          <h1>Sluice</h1>
          {problem === null ? (
            <p class="soft">Asking the app who you are …</p>
          ) : (
            <ProblemNote problem={problem} retry={look} />
          )}
        </main>
      )}
      <Announcements />
    </>
  );
}

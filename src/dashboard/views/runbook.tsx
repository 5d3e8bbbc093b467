import type { RunbookPage } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { Loaded } from '../ui/loaded';
import { Markdown } from '../ui/markdown';
import { PageHead } from '../ui/page-head';

/** The runbook of a code. */
export function RunbookView({ code }: { readonly code: string }) {
  const page = useAnswer<RunbookPage>(`runbooks/${encodeURIComponent(code)}`);
  return (
    <>
      <PageHead title={`Runbook: ${code}`} />
      <div class="card">
        <Loaded answer={page}>{({ markdown }) => <Markdown text={markdown} />}</Loaded>
      </div>
    </>
  );
}

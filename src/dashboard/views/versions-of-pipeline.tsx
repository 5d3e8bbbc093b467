import { useState } from 'preact/hooks';
import { ActivateDialog } from '../actions/activate-dialog';
import type { Version, VersionsList } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { zoneName } from '../format';
import { may } from '../session';
import { Loaded } from '../ui/loaded';
import { Section } from '../ui/section';
import { Badge } from '../ui/status-badge';
import { Time } from '../ui/time';
import { Differences } from './differences';

/** What was ever deployed of a pipeline, which version runs use, and the way back to another. */
export function VersionsOfPipeline({ pipeline }: { readonly pipeline: string }) {
  const versions = useAnswer<VersionsList>(`pipelines/${encodeURIComponent(pipeline)}/versions?limit=20`, () => 30_000);
  const [activating, setActivating] = useState<Version | null>(null);
  return (
    <Section title="Versions">
      <Loaded answer={versions}>
        {({ versions: found, pin }) => (
          <>
            {pin !== null && (
              <p class="note tone-warn">
                {pin.by} wants another version than the deployed one: {pin.reason}
              </p>
            )}
            {found.length === 0 && (
              <p class="soft">None is kept yet: the first is noted when the app looks for the first time.</p>
            )}
            <ol class="versions">
              {found.map((version) => (
                <li key={version.hash}>
                  <p class="line">
                    <code>{version.hash.slice(0, 12)}</code>
                    {version.used && <Badge tone="good">in use</Badge>}
                    {version.deployed && <Badge tone="busy">deployed</Badge>}
                    <span class="soft">
                      first seen <Time at={version.firstSeenAt} /> {zoneName()} by {version.by}
                    </span>
                    {!version.used && may('operator') && (
                      <button
                        type="button"
                        class="small"
                        onClick={() => setActivating(version)}
                        aria-label={`Use version ${version.hash.slice(0, 12)}`}
                      >
                        Use
                      </button>
                    )}
                  </p>
                  <Differences
                    title="What it changed"
                    differences={version.changes.differences}
                    count={version.changes.count}
                  />
                </li>
              ))}
            </ol>
          </>
        )}
      </Loaded>
      {activating !== null && (
        <ActivateDialog
          pipeline={pipeline}
          hash={activating.hash}
          deployed={activating.deployed}
          onDone={versions.reload}
          onClose={() => setActivating(null)}
        />
      )}
    </Section>
  );
}

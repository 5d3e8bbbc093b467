import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { PipelineDefinition, Started } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { go, linkTo } from '../router';
import { announce } from '../ui/announce';
import { Dialog, type Confirmed } from '../ui/dialog';
import { Loaded } from '../ui/loaded';
import { declaredParameters, ParameterFields, parameterValuesOf } from './parameter-fields';

/** Starts one pipeline, with values for what it declares. */
export function StartDialog({
  pipeline,
  paused,
  onClose,
}: {
  readonly pipeline: string;
  readonly paused: boolean;
  readonly onClose: () => void;
}) {
  const definition = useAnswer<PipelineDefinition>(`pipelines/${encodeURIComponent(pipeline)}`);
  const [written, setWritten] = useState<Readonly<Record<string, string>>>({});
  const [withDependencies, setWithDependencies] = useState(false);
  const [force, setForce] = useState(false);
  const start = async (confirmed: Confirmed): Promise<void> => {
    const declared = definition.value === undefined ? {} : declaredParameters(definition.value);
    const { runId } = await ask<Started>('POST', `pipelines/${encodeURIComponent(pipeline)}/runs`, {
      parameters: parameterValuesOf(declared, written),
      ...(withDependencies && { withDependencies }),
      ...(force && { force }),
      ...confirmed,
    });
    announce(`${pipeline} was started.`);
    go(linkTo(['runs', runId]));
  };
  return (
    <Dialog title={`Start ${pipeline}`} action="Start" onConfirm={start} onClose={onClose}>
      <Loaded answer={definition}>
        {(value) => (
          <>
            <ParameterFields declared={declaredParameters(value)} written={written} onInput={setWritten} />
            {value.dependsOn.length > 0 && (
              <label class="check">
                <input
                  type="checkbox"
                  checked={withDependencies}
                  onChange={(event) => setWithDependencies(event.currentTarget.checked)}
                />
                Also run what it depends on: {value.dependsOn.join(', ')}
              </label>
            )}
            {paused && (
              <label class="check">
                <input
                  type="checkbox"
                  required
                  checked={force}
                  onChange={(event) => setForce(event.currentTarget.checked)}
                />
                It is paused. Start it all the same
              </label>
            )}
          </>
        )}
      </Loaded>
      <p class="soft">What was loaded before is not loaded twice.</p>
    </Dialog>
  );
}

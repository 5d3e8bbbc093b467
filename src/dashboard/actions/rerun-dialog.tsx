import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { PipelineDefinition, Run, Started } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { go, linkTo } from '../router';
import { announce } from '../ui/announce';
import { Dialog, type Confirmed } from '../ui/dialog';
import { ReasonField } from '../ui/field';
import { Loaded } from '../ui/loaded';
import { declaredParameters, ParameterFields, parameterValuesOf, type ParameterDeclared } from './parameter-fields';

/** Starts again what did not come to its end, with the parameters of the run corrected where that helps. */
export function RerunDialog({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) {
  const unfinished = run.pipelines.filter(({ status }) => status !== 'Succeeded').map(({ pipeline }) => pipeline);
  const [chosen, setChosen] = useState<readonly string[]>(unfinished);
  const [reason, setReason] = useState('');
  const [definition, setDefinition] = useState<'present' | 'pinned'>('present');
  const [declared, setDeclared] = useState<Readonly<Record<string, ParameterDeclared>>>({});
  const [written, setWritten] = useState<Readonly<Record<string, string>>>(
    Object.fromEntries(Object.entries(run.parameters).map(([name, value]) => [name, String(value ?? '')])),
  );
  const rerun = async (confirmed: Confirmed): Promise<void> => {
    const { runId } = await ask<Started>('POST', `runs/${run.runId}/rerun`, {
      reason,
      definition,
      pipelines: chosen,
      ...confirmed,
      ...(definition === 'present' && { parameters: parameterValuesOf(declared, written) }),
    });
    announce('What failed was started again.');
    go(linkTo(['runs', runId]));
  };
  const toggle = (name: string, on: boolean): void =>
    setChosen(unfinished.filter((each) => (each === name ? on : chosen.includes(each))));
  return (
    <Dialog title="Run again what failed" action="Run again" onConfirm={rerun} onClose={onClose}>
      <fieldset>
        <legend>Pipelines that did not come to their end</legend>
        {unfinished.map((name) => (
          <label class="check" key={name}>
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={(event) => toggle(name, event.currentTarget.checked)}
            />
            {name}
          </label>
        ))}
      </fieldset>
      <ReasonField value={reason} onInput={setReason} />
      <fieldset>
        <legend>Definition</legend>
        <label class="check">
          <input
            type="radio"
            name="definition"
            checked={definition === 'present'}
            onChange={() => setDefinition('present')}
          />
          As it is deployed now
        </label>
        <label class="check">
          <input
            type="radio"
            name="definition"
            checked={definition === 'pinned'}
            onChange={() => setDefinition('pinned')}
          />
          As this run had it, with its parameters
        </label>
      </fieldset>
      {definition === 'present' &&
        chosen.map((name) => (
          <ParametersOf
            key={name}
            pipeline={name}
            written={written}
            onInput={setWritten}
            onDeclared={(its) => setDeclared((before) => ({ ...before, ...its }))}
          />
        ))}
      <p class="soft">
        What was loaded before is not loaded twice: each pipeline begins at its plan, from what its ledger says.
      </p>
    </Dialog>
  );
}

function ParametersOf({
  pipeline,
  written,
  onInput,
  onDeclared,
}: {
  readonly pipeline: string;
  readonly written: Readonly<Record<string, string>>;
  readonly onInput: (written: Readonly<Record<string, string>>) => void;
  readonly onDeclared: (declared: Readonly<Record<string, ParameterDeclared>>) => void;
}) {
  const definition = useAnswer<PipelineDefinition>(`pipelines/${encodeURIComponent(pipeline)}`);
  const [told, setTold] = useState(false);
  if (definition.value !== undefined && !told) {
    setTold(true);
    onDeclared(declaredParameters(definition.value));
  }
  return (
    <Loaded answer={definition}>
      {(value) => {
        const declared = declaredParameters(value);
        if (Object.keys(declared).length === 0) return null;
        return (
          <fieldset>
            <legend>Parameters of {pipeline}</legend>
            <ParameterFields declared={declared} written={written} onInput={onInput} />
          </fieldset>
        );
      }}
    </Loaded>
  );
}

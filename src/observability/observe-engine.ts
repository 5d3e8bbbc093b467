import type { EngineObserver } from '../model/engine-observer';
import type { Telemetry } from './telemetry';
import { currentScope } from './work-scope';

/** An observer of the engine that tells telemetry; undefined where that goes nowhere, so that nobody looks. */
export function observeEngine({ isOn, meters, tracing }: Telemetry): EngineObserver | undefined {
  if (!isOn) return undefined;
  return {
    call: tracing.call,
    sessionEnded({ waitedMs, diskBytes, spillBytes }) {
      const { activity = 'request', pipeline = '' } = currentScope() ?? {};
      const dimensions = { activity, pipeline };
      meters.record('sluice.engine.wait', waitedMs / 1000, dimensions);
      meters.record('sluice.engine.disk', diskBytes, dimensions);
      if (spillBytes > 0) meters.record('sluice.engine.spill', spillBytes, dimensions);
    },
    diskUsed: (bytes) => meters.set('sluice.temporary.disk', bytes, {}),
  };
}

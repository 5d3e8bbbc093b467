import type { Envelope } from './ingestion-server';

/** A span as it was sent. */
export interface SentSpan {
  readonly id: string;
  readonly traceId: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly kind: 'request' | 'dependency';
  readonly ok: boolean;
  readonly type: string;
  readonly data: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly beganAt: number;
}

export function spansOf(envelopes: readonly Envelope[]): SentSpan[] {
  return envelopes.flatMap(({ time, tags, data: { baseType, baseData } }) => {
    if (baseType !== 'RequestData' && baseType !== 'RemoteDependencyData') return [];
    return [
      {
        id: baseData.id ?? '',
        traceId: tags['ai.operation.id'] ?? '',
        parentId: tags['ai.operation.parentId'] ?? null,
        name: baseData.name ?? '',
        kind: baseType === 'RequestData' ? ('request' as const) : ('dependency' as const),
        ok: baseData.success === true,
        type: baseData.type ?? '',
        data: baseData.data ?? '',
        properties: baseData.properties ?? {},
        beganAt: Date.parse(time),
      },
    ];
  });
}

/** Sums of counters, by name and dimensions in the order of their names: `sluice.rows{outcome=loaded,pipeline=flights}`. */
export function sumsOf(envelopes: readonly Envelope[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const {
    data: { baseType, baseData },
  } of envelopes) {
    if (baseType !== 'MetricData') continue;
    const dimensions = Object.entries(baseData.properties ?? {})
      .filter(([name]) => !name.startsWith('_MS.'))
      .sort()
      .map(([name, value]) => `${name}=${value}`);
    for (const { name, value } of baseData.metrics ?? []) {
      const key = `${name}{${dimensions.join(',')}}`;
      sums.set(key, (sums.get(key) ?? 0) + value);
    }
  }
  return sums;
}

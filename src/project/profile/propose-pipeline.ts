import { toSnakeCase } from '../../steps/transform/to-snake-case';
import { proposeChecks } from './propose-checks';
import type { ColumnProfile, Reading, SourceProfile } from './profile-types';

/** Where the rows come from and go to, in the words of a pipeline's YAML. */
export interface ProposalPlaces {
  /** The name of the pipeline. */
  readonly pipeline: string;
  /** What was looked at, for people. */
  readonly from: string;
  readonly source: Readonly<Record<string, unknown>>;
  readonly target: Readonly<Record<string, unknown>>;
}

/** A first pipeline, and what somebody should know who reads it. */
export interface Proposal {
  readonly pipeline: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

/** Rows that may be quarantined, where the profile shows fewer of them. */
const USUAL_SHARE = 5;

/**
 * A pipeline that loads what was profiled: strict casts to what the texts stand for, what is to be cleansed, masks of what looks like
 * personal data, and checks that the rows pass as they are.
 */
export function proposePipeline(profile: SourceProfile, places: ProposalPlaces): Proposal {
  const names = namesAfter(profile.columns);
  const columns = profile.columns.map((column, index) => ({ column, name: names.names[index] ?? column.name }));
  const personal = profile.columns.filter((column) => column.personal !== null);
  const casts = columns.flatMap(({ column, name }) => {
    const isRead = column.sourceType === 'string' && column.reading.type !== 'string';
    return isRead ? [[name, castOf(column.reading)] as const] : [];
  });
  const transform: object[] = [
    ...cleanseSteps(profile.columns),
    ...(names.renames ? [{ rename: 'snake_case' }] : []),
    ...(casts.length > 0 ? [{ cast: Object.fromEntries(casts) }] : []),
    ...(personal.length > 0 ? [{ mask: { tag: 'pii', method: 'partial', keepFirst: 1 } }] : []),
  ];
  const checks = proposeChecks(profile, columns);
  return {
    notes: notesOf(profile, places),
    pipeline: {
      pipeline: places.pipeline,
      source: { ...places.source, columns: declared(profile.columns) },
      ...(transform.length > 0 && { transform }),
      ...(checks.length > 0 && { checks }),
      quarantine: { maxShare: `${shareOf(profile)}%` },
      target: places.target,
      verify: [{ rowCount: 'exact' }],
    },
  };
}

/** The names of the columns after the transform. */
function namesAfter(columns: readonly ColumnProfile[]): {
  readonly names: readonly string[];
  readonly renames: boolean;
} {
  const given = columns.map(({ name }) => name);
  const snake = given.map(toSnakeCase);
  const isPlain = given.every((name) => /^[a-z_][a-z0-9_]*$/.test(name));
  const renames = !isPlain && new Set(snake).size === snake.length;
  return { names: renames ? snake : given, renames };
}

function declared(columns: readonly ColumnProfile[]): Record<string, unknown> {
  return Object.fromEntries(
    columns.map(({ name, sourceType, personal }) => [
      name,
      personal === null ? sourceType : { type: sourceType, tags: ['pii'] },
    ]),
  );
}

function cleanseSteps(columns: readonly ColumnProfile[]): object[] {
  const spaced = columns.filter((column) => column.spaced > 0).map(({ name }) => name);
  const byTokens = new Map<string, string[]>();
  for (const { name, nullTokens } of columns) {
    if (nullTokens.length === 0) continue;
    const key = JSON.stringify(nullTokens);
    byTokens.set(key, [...(byTokens.get(key) ?? []), name]);
  }
  return [
    ...(spaced.length > 0 ? [{ cleanse: { columns: spaced, trim: true, collapseSpaces: true } }] : []),
    ...[...byTokens].map(([tokens, names]) => ({
      cleanse: { columns: names, trim: true, nullTokens: JSON.parse(tokens) as string[] },
    })),
  ];
}

function castOf(reading: Reading): unknown {
  const { type, ...how } = reading;
  if (type === 'timestamptz') return { type, timeZone: 'UTC' };
  return Object.keys(how).length === 0 ? type : { type, ...how };
}

function shareOf({ rows, malformed, columns }: SourceProfile): number {
  const bad = malformed + columns.reduce((sum, { misfits }) => sum + misfits, 0);
  const share = Math.ceil((bad / Math.max(1, rows + malformed)) * 200);
  return Math.min(100, Math.max(USUAL_SHARE, share));
}

function notesOf({ rows, complete, malformed, columns, keys }: SourceProfile, { from }: ProposalPlaces): string[] {
  const looked = complete ? `all ${rows} rows` : `the first ${rows} rows`;
  return [
    `Proposed by sluice profile from ${looked} of ${from}. Read each line before you rely on it.`,
    ...(malformed > 0 ? [`${malformed} rows could not be parsed; they would be quarantined.`] : []),
    ...columns.flatMap(({ name, misfits, reading }) =>
      misfits > 0 ? [`${name}: ${misfits} values are no ${reading.type}; their rows would be quarantined.`] : [],
    ),
    ...columns.flatMap(({ name, ambiguous }) =>
      ambiguous ? [`${name}: day or month first? Both are possible here.`] : [],
    ),
    ...columns.flatMap(({ name, personal }) =>
      personal === null ? [] : [`${name} looks like personal data (${personal}): it is tagged pii and masked.`],
    ),
    ...(keys.length > 1 ? [`Each of these columns alone tells the rows apart: ${keys.join(', ')}.`] : []),
  ];
}

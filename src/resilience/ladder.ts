/** What is done beside telling. */
export type LadderAction = 'pause' | 'rerun' | 'openBreaker';

/** Who is told of a group of alerts, and who next. Durations in milliseconds. */
export interface LadderPolicy {
  readonly levels: readonly {
    readonly notify: readonly string[];
    readonly action: LadderAction | null;
    /** How long an acknowledgement is waited for. */
    readonly waitMs: number;
  }[];
  /** The shortest time between two messages about alerts that join. */
  readonly intervalMs: number;
  /** The last level is told again after this; null: it is not. */
  readonly repeatMs: number | null;
  /** Told once, whatever has become of the alerts; nothing is escalated. */
  readonly digest: boolean;
  /** Where a channel leads that fails. */
  readonly otherwise: Readonly<Record<string, string>>;
}

/** How far a group has come. Times are milliseconds since 1970. */
export interface LadderProgress {
  /** The level that comes next. */
  readonly level: number;
  /** When it is due. */
  readonly dueAt: number;
  /** One more each time that a group opens again after it was acknowledged. */
  readonly round: number;
  readonly acknowledged: boolean;
  /** Channels that were told. */
  readonly told: readonly string[];
  /** The version of the group that was told of last, and when. */
  readonly toldVersion: number;
  readonly toldAt: number;
  readonly reminders: number;
}

/** What is known of a group when it is looked at. */
export interface LadderStanding {
  /** `open` while any alert of it is; `resolved` when all are. */
  readonly state: 'open' | 'acknowledged' | 'resolved';
  /** Goes up with every alert that joins. */
  readonly version: number;
  /** Nobody is told before; null: they are told now. */
  readonly heldUntil: number | null;
}

/** What a message says. */
export type MessageAbout = 'raised' | 'more' | 'reminder' | 'resolved';

export type LadderMove =
  | {
      readonly do: 'tell';
      readonly about: MessageAbout;
      readonly channels: readonly string[];
      readonly action: LadderAction | null;
    }
  | { readonly do: 'wait'; readonly until: number }
  | { readonly do: 'end' };

/** How a group begins: its first level is due then. */
export function firstProgress(dueAt: number): LadderProgress {
  return { level: 0, dueAt, round: 0, acknowledged: false, told: [], toldVersion: 0, toldAt: 0, reminders: 0 };
}

/** Never, as a time: until somebody says something. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** What is to be done now, and the progress with which it is done. */
export function climb(
  policy: LadderPolicy,
  before: LadderProgress,
  standing: LadderStanding,
  now: number,
): { readonly move: LadderMove; readonly progress: LadderProgress } {
  const progress = heard(before, standing);
  return { move: moveOf(policy, progress, standing, now), progress };
}

/** An acknowledgement takes the ladder down; what opens again afterwards climbs it anew. */
function heard(before: LadderProgress, { state }: LadderStanding): LadderProgress {
  if (state === 'acknowledged') return before.acknowledged ? before : { ...before, acknowledged: true };
  if (state !== 'open' || !before.acknowledged) return before;
  return { ...before, acknowledged: false, round: before.round + 1, level: 0, dueAt: 0, reminders: 0 };
}

function moveOf(policy: LadderPolicy, progress: LadderProgress, standing: LadderStanding, now: number): LadderMove {
  const { level, told } = progress;
  const held = standing.heldUntil !== null && standing.heldUntil > now ? standing.heldUntil : null;
  if (policy.digest) return digestOf(policy, progress, held, now);
  if (standing.state === 'resolved') {
    if (told.length === 0) return { do: 'end' };
    return held === null ? tell('resolved', told) : { do: 'wait', until: held };
  }
  if (standing.state === 'acknowledged') return { do: 'wait', until: NEVER };
  if (held !== null) return { do: 'wait', until: held };
  const next = policy.levels[level];
  if (next !== undefined && now >= progress.dueAt) {
    return { do: 'tell', about: 'raised', channels: next.notify, action: next.action };
  }
  const hasMore = told.length > 0 && standing.version > progress.toldVersion;
  const moreAt = hasMore ? progress.toldAt + policy.intervalMs : NEVER;
  if (now >= moreAt) return tell('more', told);
  const last = policy.levels.at(-1);
  const { repeatMs } = policy;
  const repeats = next === undefined && (last?.notify.length ?? 0) > 0;
  const repeatAt = repeats && repeatMs !== null ? progress.toldAt + repeatMs : NEVER;
  if (now >= repeatAt) return tell('reminder', last?.notify ?? []);
  return { do: 'wait', until: Math.min(next === undefined ? NEVER : progress.dueAt, moreAt, repeatAt) };
}

function digestOf(
  { levels }: LadderPolicy,
  { level, dueAt }: LadderProgress,
  held: number | null,
  now: number,
): LadderMove {
  if (level > 0) return { do: 'end' };
  const from = Math.max(dueAt, held ?? 0);
  return now >= from ? tell('raised', levels[0]?.notify ?? []) : { do: 'wait', until: from };
}

function tell(about: MessageAbout, channels: readonly string[]): LadderMove {
  return { do: 'tell', about, channels, action: null };
}

/** The progress after telling; `reached` are the channels that took the message. Where nobody was reached, the next level is due at once. */
export function climbed(
  policy: LadderPolicy,
  progress: LadderProgress,
  move: Extract<LadderMove, { do: 'tell' }>,
  reached: readonly string[],
  { version }: Pick<LadderStanding, 'version'>,
  now: number,
): LadderProgress {
  const told = [...new Set([...progress.told, ...reached])];
  const after = { ...progress, told, toldVersion: version, toldAt: now };
  switch (move.about) {
    case 'raised': {
      const waitMs = policy.levels[progress.level]?.waitMs ?? 0;
      const nobody = move.channels.length > 0 && reached.length === 0;
      return { ...after, level: progress.level + 1, dueAt: nobody ? now : now + waitMs };
    }
    case 'more':
      return after;
    case 'reminder':
      return { ...after, reminders: progress.reminders + 1 };
    case 'resolved':
      // Nobody is left to be told: the next look at it ends it.
      return { ...after, told: [] };
  }
}

/** What tells a message from every other of its group: the same again is the same message. */
export function messageIdOf({ round, level, reminders }: LadderProgress, about: MessageAbout, version: number): string {
  const parts = { raised: [level], more: [version], reminder: [reminders], resolved: [] }[about];
  return [about, round, ...parts].join(':');
}

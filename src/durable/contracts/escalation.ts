import type { LadderAction, LadderPolicy, LadderProgress, LadderStanding, MessageAbout } from '../../resilience/ladder';

/** Input of the `escalation` orchestration of one group of alerts; its instance id is the group's. */
export interface EscalationInput {
  readonly group: string;
  readonly policy: LadderPolicy;
  readonly progress: LadderProgress;
}

/** The event that wakes an escalation: what happened stands in the store. */
export const ALERTS_CHANGED_EVENT = 'alerts-changed';

/** What its activities are told. `now` is the orchestration's clock, ISO 8601, UTC. */
export interface AlertGroupInput {
  readonly group: string;
  readonly now: string;
}

export type AlertGroupStanding = LadderStanding;

export interface SendAlertInput extends AlertGroupInput {
  /** See `messageIdOf`: the same is sent once. */
  readonly message: string;
  readonly about: MessageAbout;
  readonly channel: string;
}
export interface SendAlertResult {
  /** `false`: it was sent before. */
  readonly now: boolean;
}

/** A channel that is given up. */
export interface ChannelFailedInput extends AlertGroupInput {
  readonly channel: string;
  readonly message: string;
  readonly code: string;
  readonly reason: string;
  /** The channel that is taken in its place. */
  readonly otherwise: string | null;
}

export interface ActOnAlertsInput extends AlertGroupInput {
  readonly action: LadderAction;
  /** The same is done once. */
  readonly message: string;
}

export interface CloseAlertGroupInput extends AlertGroupInput {
  /** Although alerts of it are open: a digest is told once. */
  readonly force: boolean;
}

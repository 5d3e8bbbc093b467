/** The code of the failure by which a cancelled run ends: not an error, but the way to its clean-up. */
export const RUN_CANCELLED = 'run-cancelled';

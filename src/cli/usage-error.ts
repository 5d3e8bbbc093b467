/** Arguments that a command cannot use: exit code 2, with the command's help named. */
export class UsageError extends Error {}

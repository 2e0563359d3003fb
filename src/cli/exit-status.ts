/** The exit status of usage errors, so that scripts can tell them from a failed job. */
export const USAGE_STATUS = 2

/** The exit statuses of commands that compare, as those of `diff`. */
export const COMPARED = { same: 0, different: 1, unknown: 2 } as const

import type { RouteRule } from '../routes.ts'

/** Statuses of problems, and what they mean for any route. */
export const PROBLEMS = {
  400: 'The path, parameters or body are not as described',
  401: 'No valid token',
  403: 'The token has no role for this, or not for that designated body',
  404: 'It does not exist',
  408: 'The request did not arrive in time',
  409: 'Not possible in the present state',
  413: 'The body is too large',
  414: 'A parameter in the path is too long',
  415: 'The body is not JSON',
  429: 'Too many requests; `Retry-After` says when to ask again',
  431: 'The headers or the address are too long',
  500: 'An internal error; the log describes it',
  503: 'Something that is needed cannot be reached now, or there is no data yet',
  504: 'The writer did not answer in time',
  507: 'No space left',
} as const satisfies Readonly<Record<number, string>>
export type ProblemStatus = keyof typeof PROBLEMS

/** What a route takes. */
export interface RouteInput {
  readonly inPath: boolean
  readonly inQuery: boolean
  readonly inBody: boolean
}

/** The problems that a route may answer with; `others` are those of its own. */
export function problemsOf(
  { access, audited }: RouteRule,
  { inPath, inQuery, inBody }: RouteInput,
  others: readonly ProblemStatus[] = [],
): readonly ProblemStatus[] {
  const statuses: readonly (readonly [boolean, readonly ProblemStatus[]])[] = [
    [true, [408, 431, 500]],
    [inPath || inQuery || inBody, [400]],
    [inPath, [404, 414]],
    [inBody, [413, 415]],
    [access !== 'everyone', [401, 403, 429, 503]],
    // The audit entry is written first.
    [audited !== 'never', [507]],
    [true, others],
  ]
  return [...new Set(statuses.flatMap(([applies, each]) => (applies ? each : [])))].sort((a, b) => a - b)
}

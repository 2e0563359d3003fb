import type { RouteRule } from '../routes.ts'

/** The statuses of problems, and what each means on any route. */
export const PROBLEMS = {
  400: 'The path, parameters or body are not as described',
  401: 'The request has no valid token',
  403: 'The token has no role for this, or does not include that designated body',
  404: 'Not found',
  408: 'The request did not arrive in time',
  409: 'Not possible in the current state',
  413: 'The body is too large',
  414: 'A parameter in the path is too long',
  415: 'The body is not JSON',
  429: 'Too many requests; `Retry-After` says when to ask again',
  431: 'The headers or the address are too long',
  500: 'An internal error; the log describes it',
  503: 'A server or service cannot be reached, or no data is live yet',
  504: 'The writer did not answer in time',
  507: 'No disk space left',
} as const satisfies Readonly<Record<number, string>>
export type ProblemStatus = keyof typeof PROBLEMS

/** What a route takes. */
export interface RouteInput {
  readonly inPath: boolean
  readonly inQuery: boolean
  readonly inBody: boolean
}

/** The problems that a route may answer with; `others` are particular to it. */
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

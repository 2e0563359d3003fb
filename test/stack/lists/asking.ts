import assert from 'node:assert/strict'
import * as z from 'zod'
import { PROBLEM } from '../../../src/app/json/problem.ts'
import { PROBLEM_TYPE } from '../../../src/app/http/problem.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'

/** An answer that takes longer is a request that hangs. */
const LONGEST_MS = 60_000

export interface Asked {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Sends a GET as a client does: the bare token, if there is one. */
export async function ask(address: string, path: string, token?: string): Promise<Asked> {
  const response = await fetch(address + path, {
    headers: token === undefined ? {} : { authorization: token },
    signal: AbortSignal.timeout(LONGEST_MS),
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** The body of an answer that has to be a list. */
export async function asked(address: string, path: string, token?: string): Promise<unknown> {
  const { status, text } = await ask(address, path, token)
  assert.equal(status, 200, `${path}: ${text}`)
  return JSON.parse(text)
}

const ROWS = z.object({ totalResults: z.number() })

/** How many rows a list has. */
export async function totalOf(address: string, path: string, token?: string): Promise<number> {
  return ROWS.parse(await asked(address, path, token)).totalResults
}

/** Nothing but a problem, to ask again for. Returns its detail. */
export function assertUnavailable({ status, headers, text }: Asked, code: ErrorCode): string {
  assert.equal(status, 503, text)
  assert.equal(headers.get('content-type')?.startsWith(PROBLEM_TYPE), true, text)
  assert.equal(headers.get('retry-after'), '30', text)
  const problem = PROBLEM.parse(JSON.parse(text))
  assert.equal(problem.code, code, text)
  return problem.detail
}

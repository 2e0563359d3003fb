import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { likenessFindings } from '../../src/domain/likeness.ts'
import { A_SPREAD, aProfile, type Differing } from './a-profile.ts'

/** The findings, one per line: verdict, figure, reason. */
export function compared(now: Differing, before: Differing = {}): string[] {
  return likenessFindings(aProfile(now), aProfile(before)).map(
    ({ verdict, figure, why }) => `${verdict}: ${figure}: ${why}`,
  )
}

/** `[name, now, findings, before]`; `before` defaults to the profile that all tests share. */
export type Case = readonly [name: string, now: Differing, findings: readonly string[], before?: Differing]

export function cases(title: string, all: readonly Case[]): void {
  describe(title, () => {
    for (const [name, now, findings, before] of all) {
      test(name, () => {
        assert.deepEqual(compared(now, before), findings)
      })
    }
  })
}

export const spread = (differing: Partial<typeof A_SPREAD>): typeof A_SPREAD => ({ ...A_SPREAD, ...differing })

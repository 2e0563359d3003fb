import { londonDay } from '../../domain/day.ts'
import type { RunRequest } from '../../ports/run-ledger.ts'
import { dayInWords, timeOfDay } from '../words/instants.ts'

type Named = Pick<RunRequest, 'requestedAt' | 'purpose'>

/** When a run was requested, as people tell runs apart: 26 November 2026, 5:04am. */
export function runTime({ requestedAt }: Pick<RunRequest, 'requestedAt'>): string {
  return `${dayInWords(londonDay(requestedAt))}, ${timeOfDay(requestedAt)}`
}

/** Run of 26 November 2026, 5:04am; a preview and a verification are named so. */
export function runName(run: Named): string {
  return `${KINDS[run.purpose]} of ${runTime(run)}`
}

const KINDS = { sync: 'Run', preview: 'Preview', verify: 'Verification' } as const satisfies Readonly<
  Record<RunRequest['purpose'], string>
>

/** Where its page is. */
export function runPath(id: string): string {
  return `/console/runs/${encodeURIComponent(id)}`
}

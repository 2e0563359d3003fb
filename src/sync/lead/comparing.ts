import type { Run, RunComparison, Refusal } from '../../ports/run-ledger.ts'
import type { Verification } from '../../ports/verification.ts'
import type { WriterContext } from '../lease/writer.ts'
import { verifyLive, type VerifyTools } from '../verify/verify-live.ts'
import { compareWithLive } from './compare-with-live.ts'
import { WorkBeside } from './work-beside.ts'

/** What stage `comparing` found. */
export interface Compared {
  readonly comparison: RunComparison | null
  readonly verification: Verification | null
  /** Why the generation is held back although it passed its checks; null if it is not. */
  readonly refusal: Refusal | null
}

/** Compares the complete generation of a run with live, beside the conductor. */
export type Comparing = WorkBeside<Compared>

/** Starts to compare. `onEnd` is called once it is done or has failed. */
export function startComparing(context: WriterContext, run: Run, tools: VerifyTools, onEnd: () => void): Comparing {
  return new WorkBeside(context, {
    doing: 'comparing with live',
    attempt: (onRows, signal) => compareOnce(context, run, { ...tools, onRows }, signal),
    onEnd,
  })
}

async function compareOnce(
  context: WriterContext,
  run: Run,
  tools: VerifyTools & { readonly onRows: (rows: number) => void },
  signal: AbortSignal,
): Promise<Compared> {
  if (run.purpose !== 'verify') {
    return { verification: null, ...(await compareWithLive(context, run, tools.onRows, signal)) }
  }
  const verification = await verifyLive(context, run, tools, signal)
  return { verification, comparison: null, refusal: null }
}

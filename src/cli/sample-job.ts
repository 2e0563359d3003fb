import { backendsOf } from '../app/backends.ts'
import { sampleOrder } from '../app/sample-order.ts'
import { RevalError } from '../errors/reval-error.ts'
import { verifySample, type SampleResult } from '../sync/verify/sample.ts'
import { withReader } from './backends.ts'
import type { CommandContext } from './command.ts'

/** How long a change may take to be seen where messages do not leave the process that runs the services. */
const SEEN_WITHIN_MS = 2_000

/** Which keys are drawn. */
export interface SampleDrawing {
  /** How many rows, persons and documents. */
  readonly size: number
  readonly seed: number
}

/** Checks random keys of what is live against the sources, in this process, beside the services. Rejects as `verifySample` does. */
export function sampleJob({ config, signal }: CommandContext, { size, seed }: SampleDrawing): Promise<SampleResult> {
  const { rules: settings, verification, sources: source, liveChanges } = config
  const arrivalMs = (config.backends === 'servers' ? verification.settleMs : SEEN_WITHIN_MS) + source.lagMs
  return withReader(config, async (reader) => {
    const opened = await (await backendsOf(config)).openSources(config)
    try {
      const sources = {
        trainees: opened.traineeSource,
        doctors: opened.doctorSource,
        exceptions: opened.exceptionSource,
      }
      const options = { size, order: sampleOrder(seed), arrivalMs }
      const hasActiveWriter = async () => liveChanges && (await reader.hasActiveWriter())
      return await verifySample({ ...reader, settings, hasActiveWriter }, sources, options, signal)
    } catch (error) {
      if (signal.aborted) throw new RevalError('INTERRUPTED', 'stopped before all was checked', { cause: error })
      throw error
    } finally {
      await opened.close()
    }
  })
}

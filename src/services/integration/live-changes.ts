import { RevalError } from '../../errors/reval-error.ts'
import type { DoctorSource, ExceptionSource } from '../../ports/sources.ts'
import type { Conductor } from '../../sync/lead/conductor.ts'
import type { WriterContext } from '../../sync/lease/writer.ts'
import { ChangeLoop } from '../../sync/refresh/change-loop.ts'
import { ChangesReport } from '../../sync/refresh/changes-report.ts'
import { ReasonsComparison } from '../../sync/refresh/reasons-comparison.ts'

export interface LiveChanges {
  /** Takes changes beside the runs, until the signal is aborted. */
  readonly run: (signal: AbortSignal) => Promise<void>
  /** Compares the exception reasons once. False if nothing is live. */
  readonly compareReasons: () => Promise<boolean>
}

/** Live changes, beside the runs that the conductor leads. */
export function takeLiveChanges(
  context: WriterContext,
  { applier }: Conductor,
  { doctors, exceptions }: { readonly doctors: DoctorSource; readonly exceptions: ExceptionSource },
): LiveChanges {
  if (applier === null) throw new RevalError('INTERNAL', 'this conductor takes no changes')
  const report = new ChangesReport(context)
  const loop = new ChangeLoop(context, { applier, doctors, report })
  const reasons = new ReasonsComparison(context, { exceptions, applier, report })
  return { run: (signal) => loop.run(signal), compareReasons: () => reasons.compare() }
}

import { RevalError } from '../../errors/reval-error.ts'
import type { DoctorSource, ExceptionSource } from '../../ports/sources.ts'
import type { Conductor } from '../../sync/lead/conductor.ts'
import type { WriterContext } from '../../sync/lease/writer.ts'
import { ChangeLoop } from '../../sync/refresh/change-loop.ts'
import { ChangesReport } from '../../sync/refresh/changes-report.ts'
import { ReasonsSchedule } from '../../sync/refresh/reasons-schedule.ts'
import { together } from '../../sync/wait/together.ts'

/** Takes live changes beside the runs that the conductor leads, until the signal is aborted. */
export function takeLiveChanges(
  context: WriterContext,
  { applier }: Conductor,
  { doctors, exceptions }: { readonly doctors: DoctorSource; readonly exceptions: ExceptionSource },
): (signal: AbortSignal) => Promise<void> {
  if (applier === null) throw new RevalError('INTERNAL', 'this conductor takes no changes')
  const report = new ChangesReport(context)
  const loop = new ChangeLoop(context, { applier, doctors, report })
  const reasons = new ReasonsSchedule(context, { exceptions, applier, report })
  return (signal) => together(signal, [(each) => loop.run(each), (each) => reasons.run(each)])
}

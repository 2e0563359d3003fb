import type { RunEvents } from '../../sync/events.ts'
import type { MetricRecorder } from './exposition.ts'

/** Counts the events of the job. */
export function countEvents(events: RunEvents, recorder: MetricRecorder): void {
  events.on('run.ended', ({ run: { purpose, state } }) => recorder.count('runsEnded', { purpose, result: state }))
  events.on('run.restarted', ({ why: { cause } }) => recorder.count('restarts', { cause }))
  events.on('stage.finished', ({ run, stage }) => {
    const progress = run.stages[stage]
    if (progress === undefined || progress.finishedAt === null) return
    recorder.took('stageSeconds', (progress.finishedAt - progress.startedAt) / 1000, { stage })
  })
  events.on('row.failed', ({ row: { stage } }) => recorder.count('rowsFailed', { stage }))
  events.on('message.late', ({ stage }) => recorder.count('lateMessages', { stage }))
  events.on('changes.refreshed', ({ keys }) => recorder.count('changeKeys', {}, keys))
  events.on('warning', ({ error: { code, transient } }) =>
    recorder.count('warnings', { code, retried: String(transient) }),
  )
  for (const event of ['acquired', 'lost', 'expired', 'regained'] as const) {
    events.on(`lease.${event}`, () => recorder.count('leaseEvents', { event }))
  }
  events.on('request.answered', ({ request: { kind, answer } }) =>
    recorder.count('requests', { kind, result: answer?.ok === true ? 'done' : 'refused' }),
  )
}

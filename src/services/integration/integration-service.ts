import { RevalError } from '../../errors/reval-error.ts'
import { digestOfDoctors, digestOfTrainees } from '../../messages/digest.ts'
import { decodeDoctors } from '../../messages/doctor.ts'
import { decodeTrainees } from '../../messages/trainee.ts'
import type { Consumer } from '../../ports/broker.ts'
import type { RunWorkspaces } from '../../ports/run-workspace.ts'
import type { Schedule } from '../../ports/schedule.ts'
import type { DoctorSource, ExceptionSource, TraineeSource } from '../../ports/sources.ts'
import type { SyncContext } from '../../sync/context.ts'
import { eraseBeside } from '../../sync/erase/erase-beside.ts'
import { Conductor } from '../../sync/lead/conductor.ts'
import { replaceOutdatedLive } from '../../sync/lead/outdated-live.ts'
import { ConductedRun } from '../../sync/lead/receiving-run.ts'
import type { StepTools } from '../../sync/lead/stage-steps.ts'
import { asWriter, type WriterContext, type WriterWork } from '../../sync/lease/writer.ts'
import { receiveDoctors, receiveTrainees } from '../../sync/receive/receive-rows.ts'
import { Receiver, type ReceivingRun } from '../../sync/receive/receiver.ts'
import { createRefresh, type RefreshKeys } from '../../sync/refresh/refresh.ts'
import { resyncsBeside } from '../../sync/resync/resyncs.ts'
import { retain } from '../../sync/retention/retain.ts'
import { persist } from '../../sync/wait/persist.ts'
import { keepSchedule, type ScheduledWork } from '../../sync/schedule/keep-schedule.ts'
import { compareDue, startRunDue } from '../../sync/schedule/start-due.ts'
import { together } from '../../sync/wait/together.ts'
import { dependenciesOf, type Service } from '../service.ts'
import { takeLiveChanges, type LiveChanges } from './live-changes.ts'

export interface IntegrationService extends Service {
  /** Wakes the writer, if it is this process, to read the ledger. */
  wake(): void
  /** Resolves after `stop`; rejects if the writer's work cannot continue. */
  readonly ended: Promise<void>
}

export interface IntegrationParts {
  readonly workspaces: RunWorkspaces
  readonly exceptions: ExceptionSource
  /** What changes are read from again; null without live changes. */
  readonly changes: { readonly trainees: TraineeSource; readonly doctors: DoctorSource } | null
  /** When runs and comparisons start on their own; null if this process does not keep the schedule. */
  readonly schedule: Schedule | null
  /** What else the writer does beside runs; must not reject. */
  readonly beside?: readonly WriterWork[]
}

/**
 * Integration leads the run: it collects trainees and reasons, and writes rows as doctors arrive. Beside that, it takes live
 * changes. Of several processes one is the writer; the others stand by.
 */
export function createIntegrationService(
  context: SyncContext,
  { workspaces, exceptions, changes, schedule, beside = [] }: IntegrationParts,
): IntegrationService {
  const stopping = new AbortController()
  const ended = Promise.withResolvers<undefined>()
  // `ended` need not be awaited. It stays pending if the service is never started.
  ended.promise.catch(() => undefined)
  let conductor: Conductor | null = null
  let writing: Promise<void> | null = null

  const write = async (writer: WriterContext, signal: AbortSignal): Promise<void> => {
    const refresh = changes === null ? nothingToRefresh : createRefresh(writer, { ...changes, exceptions })
    const tools: StepTools = { workspaces, exceptions, refresh }
    const leading = new Conductor(writer, tools)
    conductor = leading
    const sources = changes === null ? null : { ...changes, exceptions }
    const resyncs = resyncsBeside(writer, leading, { sources, erase: eraseBeside(writer, leading, sources) })
    const consumers: Consumer[] = []
    const consuming = (receiver: { start(): Promise<Consumer> }) =>
      // Messages that an earlier writer held are back in their queue before this consumer gets any.
      persist(writer, { doing: 'consuming', signal }, () => receiver.start())
    try {
      await leading.prepare()
      if (changes !== null) await replaceOutdatedLive(writer)
      const run = new ConductedRun(writer, leading)
      consumers.push(await consuming(traineeReceiver(writer, run)))
      consumers.push(await consuming(doctorReceiver(writer, run)))
      const leads = (each: AbortSignal) => leading.conduct(each)
      const live = changes === null ? null : takeLiveChanges(writer, leading, { doctors: changes.doctors, exceptions })
      const takes = live === null ? [] : [live.run]
      const expires = (each: AbortSignal) => retain(writer, (action) => leading.changes.run(action), each)
      const scheduled = schedule === null ? [] : keepsSchedule(writer, schedule, leading, live)
      const others = beside.map((work) => (each: AbortSignal) => work(writer, each))
      await together(signal, [leads, ...takes, expires, ...scheduled, ...others])
    } finally {
      conductor = null
      await resyncs.stop()
      await Promise.all(consumers.map((consumer) => consumer.stop()))
      await leading.close()
    }
  }

  return {
    name: 'integration',
    dependencies: dependenciesOf('integration', context, {
      'exception source': exceptions,
      ...(changes && { 'trainee source': changes.trainees, 'doctor source': changes.doctors }),
    }),
    ended: ended.promise,
    wake: () => conductor?.wake(),
    start: async () => {
      // Claims of services in this process; those of other processes are polled.
      context.events.on('claim.ended', () => conductor?.wake())
      writing = asWriter(context, stopping.signal, write).then(ended.resolve as () => void, ended.reject)
    },
    stop: async () => {
      stopping.abort()
      await writing
    },
  }
}

/** Keeps the schedule of each thing; reasons are compared only with live changes. */
function keepsSchedule(
  writer: WriterContext,
  { sync, verify, reasons }: Schedule,
  leading: Conductor,
  live: LiveChanges | null,
): readonly ((signal: AbortSignal) => Promise<void>)[] {
  const run = async (what: 'sync' | 'verify', dueAt: number) => {
    const started = await startRunDue(writer, what, dueAt)
    leading.wake()
    return started
  }
  const work: readonly ScheduledWork[] = [
    { what: 'sync', recurrence: sync, start: (dueAt) => run('sync', dueAt) },
    { what: 'verify', recurrence: verify, start: (dueAt) => run('verify', dueAt) },
    ...(live === null
      ? []
      : [{ what: 'reasons', recurrence: reasons, start: () => compareDue(writer, live.compareReasons) } as const]),
  ]
  return work.map((each) => (signal) => keepSchedule(writer, each, signal))
}

/** Without live changes the journal is always empty. */
const nothingToRefresh: RefreshKeys = (_target, keys) =>
  Promise.reject(new RevalError('INTERNAL', `${keys.length} unexpected keys in the journal`))

function traineeReceiver(context: WriterContext, run: ReceivingRun) {
  return new Receiver(
    context,
    {
      stage: 'trainees',
      decode: decodeTrainees,
      digestOf: digestOfTrainees,
      apply: ({ workspace }, trainees) => receiveTrainees(workspace, trainees),
    },
    run,
  )
}

function doctorReceiver(context: WriterContext, run: ReceivingRun) {
  return new Receiver(
    context,
    { stage: 'doctors', decode: decodeDoctors, digestOf: digestOfDoctors, apply: receiveDoctors },
    run,
  )
}

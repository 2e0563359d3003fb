import { pino, type Logger } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { RevalError } from '../errors/reval-error.ts'
import { maskedReason } from '../errors/masked.ts'
import type { SendWithoutRun } from '../ports/processes.ts'
import type { Run, WriterRequest } from '../ports/run-ledger.ts'
import type { Scheduled, ScheduleOutcome } from '../ports/schedule.ts'
import type { Verification } from '../ports/verification.ts'
import type { RunEvents } from '../sync/events.ts'
import { remaining } from '../sync/verify/findings.ts'
import { logDestination, type LogDestination } from './log-destination.ts'

export type Log = Logger

export interface LogSettings {
  readonly level: string
  /** `auto` is pretty on a terminal. */
  readonly format: 'json' | 'pretty' | 'auto'
}

const STANDARD_ERROR = 2

/**
 * The log of a process, on standard error or another open file, or at a destination; standard output is for results. While a
 * file cannot be written, the process continues; once it can, it reports that.
 */
export function createLog({ level, format }: LogSettings, to: number | LogDestination = STANDARD_ERROR): Log {
  const isTerminal = typeof to === 'number' && process.stderr.isTTY
  const readable = format === 'pretty' || (format === 'auto' && isTerminal)
  const destination =
    typeof to === 'number'
      ? logDestination(to, (outage) => log.warn(outage, 'the log could not be written for a while'))
      : to
  const prettify = prettyFactory({ ignore: 'pid,hostname' })
  const written = readable ? { write: (line: string) => destination.write(prettify(line)) } : destination
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, written)
  return log
}

const of = ({ id, generation }: Run) => ({ run: id, generation })
// What a row or message has in the wrong field may be personal data.
const errorOf = ({ code, message, remedy }: RevalError) => ({ code, reason: maskedReason(code, message), remedy })

/** A resync by its numbers: its keys and rows may be thousands. */
function requestOf({ scope, answer, ...request }: WriterRequest) {
  if (request.kind !== 'resync' || scope === null) return { ...request, answer }
  const asked = 'keys' in scope ? { keys: scope.keys.length } : scope
  if (answer?.ok !== true || answer.resync === undefined) return { ...request, asked, answer }
  const { keys, written, unknown, failed } = answer.resync
  return { ...request, asked, refreshed: { keys, written, unknown: unknown.length, failed: failed.length } }
}

/** Logs the events of the job. */
export function logEvents(log: Log, events: RunEvents): void {
  events.on('lease.acquired', (writer) => log.info(writer, 'this process is now the writer'))
  events.on('lease.lost', (writer) => log.warn(writer, 'another process is now the writer'))
  events.on('lease.expired', (writer) => log.warn(writer, "writer's lease expired, writes paused"))
  events.on('lease.regained', (writer) => log.warn(writer, "writer's lease renewed, writes resumed"))
  events.on('run.pickedUp', ({ run }) => log.info({ ...of(run), state: run.state, day: run.day }, 'run picked up'))
  events.on('run.restarted', ({ run, why }) => log.warn({ ...of(run), ...why }, 'run restarts'))
  events.on('stage.started', ({ run, stage }) => log.info({ ...of(run), stage }, 'stage started'))
  events.on('stage.finished', ({ run, stage }) =>
    log.info({ ...of(run), stage, ...run.stages[stage] }, 'stage finished'),
  )
  events.on('stage.progress', ({ run, stage, progress }) =>
    log.debug({ run: run.id, stage, rows: progress.rows }, 'progress'),
  )
  events.on('command.published', ({ run, stage, tries }) =>
    log.info({ run: run.id, stage, tries }, 'command published'),
  )
  events.on('claim.made', ({ claim }) => log.info(claim, 'stage claimed'))
  events.on('claim.ended', ({ claim }) => log.info(claim, 'stage sent'))
  events.on('claim.failed', ({ claim, error }) => log.error({ ...claim, ...errorOf(error) }, 'stage failed'))
  events.on('send.started', ({ send: { stage } }) => log.info({ stage }, 'sending to the Java integration service'))
  events.on('send.waiting', ({ send: { stage, rows, failedRows, inQueue } }) =>
    log.info({ stage, rows, failedRows, inQueue }, 'all rows sent, waiting until the receiver has taken them'),
  )
  events.on('send.progress', ({ send: { stage, rows, failedRows, inQueue } }) =>
    log.debug({ stage, rows, failedRows, inQueue }, 'progress'),
  )
  events.on('send.ended', ({ send }) => logSent(log, send))
  events.on('message.late', (late) => log.debug(late, 'late message ignored'))
  events.on('message.deadLettered', ({ queue, error }) =>
    log.error({ queue, ...errorOf(error) }, 'message dead-lettered'),
  )
  events.on('row.failed', ({ row }) => log.warn({ ...row, reason: maskedReason(row.code, row.reason) }, 'row failed'))
  events.on('changes.refreshed', (figures) => log.debug(figures, 'changes refreshed'))
  events.on('channel.behind', (channel) => log.warn(channel, 'changes are behind'))
  events.on('channel.recovered', (channel) => log.info(channel, 'changes are no longer behind'))
  events.on('generation.stale', (stale) => log.warn(stale, 'a kept generation missed a change'))
  events.on('aliases.changing', ({ change }) => log.info(change, 'moving the aliases'))
  events.on('aliases.changed', ({ change }) => log.info(change, 'aliases moved'))
  events.on('schedule.next', ({ what, at }) => log.debug({ what, at: new Date(at).toISOString() }, 'next due time'))
  events.on('schedule.decided', ({ what, outcome }) => logDecided(log, what, outcome))
  events.on('notification.delivered', (delivered) => log.info(delivered, 'notification delivered'))
  events.on('request.answered', ({ request }) => log.info(requestOf(request), 'request answered'))
  events.on('warning', ({ doing, error }) => log.warn({ doing, ...errorOf(error) }, `error while ${doing}`))
  events.on('run.ended', ({ run }) => {
    const { evidence, failure, state } = run
    const counts = evidence?.profile.indexes
    if (state === 'live') log.info({ ...of(run), counts }, 'run is live')
    else if (failure?.code === 'PREVIEW') log.info({ ...of(run), counts }, 'preview is held back')
    else if (run.verification !== null && state === 'verified') logVerified(log, run.verification)
    else log.error({ ...of(run), state, ...failure }, 'run ended without going live')
  })
}

function logSent(log: Log, { stage, startedAt, endedAt, rows, failedRows, inQueue, failure }: SendWithoutRun): void {
  const figures = { stage, rows, failedRows, milliseconds: (endedAt ?? startedAt) - startedAt }
  if (failure === null) log.info(figures, 'all rows and the end message sent to the Java integration service')
  else log.error({ ...figures, inQueue, ...failure }, 'sending failed, the end message was not sent')
}

/** Comparing the reasons is too frequent to log unless it fails. */
function logDecided(log: Log, what: Scheduled, { outcome, dueAt, times, run, code }: ScheduleOutcome): void {
  const figures = { what, dueAt: new Date(dueAt).toISOString(), times, run, code }
  const text = `schedule: ${what} ${outcome}`
  if (outcome === 'missed' || outcome === 'failed') log.error(figures, text)
  else if (what === 'reasons') log.debug(figures, text)
  else log.info(figures, text)
}

/** Rows that differ, and were not repaired, are a warning. */
function logVerified(log: Log, verification: Verification): void {
  const { run, live, missing, surplus, different, tables, repaired } = verification
  const figures = { run, live: live.run, missing, surplus, different, tables, repaired }
  if (remaining(verification) === 0) log.info(figures, 'live was verified')
  else log.warn(figures, 'live differs from the sources')
}

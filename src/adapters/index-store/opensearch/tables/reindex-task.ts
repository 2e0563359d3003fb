import { setTimeout as pause } from 'node:timers/promises'
import { RevalError } from '../../../../errors/reval-error.ts'
import type { FillingOptions, Guard } from '../../../../ports/index-store.ts'
import { EngineFault, type Engine } from '../../../opensearch/engine.ts'
import { diskFull, isDiskFull, NOT_FOUND } from '../faults.ts'

/** Documents to copy inside the engine. */
export interface Copying {
  readonly source: string
  readonly query: object
  readonly fields: readonly string[]
  /** An alias that no index can be created in place of. */
  readonly destination: string
}

interface Progress {
  readonly total: number
  readonly created: number
  readonly updated: number
}

interface Failure {
  /** Of a document that was refused. */
  readonly cause?: { readonly type?: string; readonly reason?: string }
  /** Of a shard that could not be read. */
  readonly reason?: { readonly type?: string; readonly reason?: string }
}

interface TaskAnswer {
  readonly completed: boolean
  readonly task: { readonly status?: Progress }
  readonly error?: { readonly type?: string; readonly reason?: string }
  readonly response?: Progress & {
    readonly version_conflicts: number
    readonly timed_out: boolean
    readonly canceled?: string
    readonly failures: readonly Failure[]
  }
}

/** Rows that the engine reads and writes at a time. */
const BATCH = 5_000
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 250
/** A task that copies nothing for so long is given up. */
const STALLED_AFTER_MS = 120_000

/** The destination was removed while the task was running: by the next writer, or with its generation. */
export class DestinationGone extends Error {}

/**
 * Copies documents by a task of the engine, and resolves once all are copied. If it rejects, the task is cancelled; one that
 * cannot be reached goes on until its destination is removed. Rejects STORE_FAILED, DISK_FULL, `DestinationGone`, the reason
 * of the signal.
 */
export async function copyByTask(
  engine: Engine,
  copying: Copying,
  { signal, onRows }: FillingOptions,
  guard?: Guard,
): Promise<void> {
  const task = await start(engine, copying, guard)
  try {
    await followed(engine, task, { signal, onRows })
  } catch (error) {
    await cancel(engine, task)
    throw error
  }
}

async function start(engine: Engine, { source, query, fields, destination }: Copying, guard?: Guard): Promise<string> {
  const { body } = await engine.call<{ readonly task: string }>({
    method: 'POST',
    path: '/_reindex',
    // Without slices: their task tells no rows until a slice has ended, and the four lists are copied at a time anyway.
    query: { wait_for_completion: false, require_alias: true },
    body: { source: { index: source, size: BATCH, query, _source: fields }, dest: { index: destination } },
    kind: 'small',
    guard,
  })
  return body.task
}

async function followed(engine: Engine, task: string, { signal, onRows }: FillingOptions): Promise<void> {
  let copied = 0
  let movedAt = performance.now()
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
    const answer = await askFor(engine, task)
    const { created = 0, updated = 0 } = answer.response ?? answer.task.status ?? {}
    const rows = created + updated
    if (rows > copied) {
      movedAt = performance.now()
      copied = rows
      onRows(copied)
    }
    if (answer.completed) {
      assertWhole(answer)
      return
    }
    if (performance.now() - movedAt > STALLED_AFTER_MS) {
      throw failed(`no rows for ${STALLED_AFTER_MS / 1_000} s after ${copied}`, { transient: true })
    }
    await pausing(wait, signal)
  }
}

async function pausing(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, { signal })
  } catch {
    // Only the signal ends it early.
    signal.throwIfAborted()
  }
}

async function askFor(engine: Engine, task: string): Promise<TaskAnswer> {
  try {
    return await engine.get<TaskAnswer>(`/_tasks/${task}`)
  } catch (error) {
    if (!(error instanceof EngineFault) || error.status !== 404) throw error
    throw failed('the engine no longer knows the task: a node was restarted', { cause: error, transient: true })
  }
}

/** Throws unless a task that has ended copied all rows. */
function assertWhole({ response, error }: TaskAnswer): void {
  if (response === undefined) throw ofFailure(error)
  const { total, created, updated, failures, version_conflicts: conflicts, timed_out: isLate, canceled } = response
  const [first] = failures
  if (first !== undefined) throw ofFailure(first.cause ?? first.reason)
  const copied = created + updated
  if (canceled !== undefined) throw failed(`it was cancelled after ${copied} of ${total} rows: ${canceled}`)
  if (conflicts > 0 || isLate || copied !== total) throw failed(`only ${copied} of ${total} rows were copied`)
}

function ofFailure(cause: Failure['cause']): Error {
  const { type, reason = '' } = cause ?? {}
  if (type === 'invalid_index_name_exception' || type === NOT_FOUND) return new DestinationGone(textOf(cause))
  return isDiskFull(type, reason) ? diskFull(reason) : failed(textOf(cause))
}

function textOf({ type = 'no reason', reason = '' }: NonNullable<Failure['cause']> = {}): string {
  return `${type}: ${reason}`.slice(0, 500)
}

function failed(why: string, options: { readonly cause?: unknown; readonly transient?: boolean } = {}): RevalError {
  return new RevalError('STORE_FAILED', `filling a table failed: ${why}`, options)
}

async function cancel(engine: Engine, task: string): Promise<void> {
  try {
    // Another user may not cancel tasks; the task may have ended.
    const call = { method: 'POST', path: `/_tasks/${task}/_cancel`, ignore: [403, 404], kind: 'small' } as const
    await engine.call(call)
  } catch (error) {
    // It ends once its destination is removed, and this error must not hide why the copying itself failed.
    if (!(error instanceof EngineFault)) throw error
  }
}

import type { ErrorCode } from '../../errors/codes.ts'
import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { NameChange, RunId, RunRequest, WriterRequest } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { dropUnneeded } from './housekeeping.ts'
import { changeNames, rollBack } from './names.ts'
import { changeRecord, readInbox, readInstallation, readRun } from '../records.ts'
import { isOver } from '../run-state.ts'
import { answerRequest } from './writer-request.ts'

/** Ends the run in progress. Rejects with the code of a refusal. */
export type CancelRun = (run: RunRequest, by: string) => Promise<void>

/**
 * Takes what others ask of the writer, oldest first, and answers each: done, or refused with code and reason. A fault
 * of the ledger is no refusal: the request stays, and this rejects.
 */
export async function answerRequests(context: WriterContext, cancel: CancelRun): Promise<void> {
  const { requests } = await readInbox(context.ledger)
  for (const request of requests.filter(({ answer }) => answer === null)) {
    let answer: NonNullable<WriterRequest['answer']> = { ok: true }
    try {
      await carryOut(context, request, cancel)
    } catch (error) {
      const { code, message } = asRevalError(error)
      if (!isRefusal(code)) throw error
      answer = { ok: false, code, reason: message }
    }
    await answerRequest(context, request.id, answer)
    context.events.emit('request.answered', { request: { ...request, answer } })
  }
}

/** Faults of the ledger and of the lease say nothing of the request: it stays. */
function isRefusal(code: ErrorCode): boolean {
  return !['LEDGER_FAILED', 'LEDGER_CONFLICT', 'LEASE_EXPIRED', 'WRITER_LOST'].includes(code)
}

/** A request is carried out once, also when the writer died between that and the answer. */
async function carryOut(context: WriterContext, request: WriterRequest, cancel: CancelRun): Promise<void> {
  switch (request.kind) {
    case 'cancel': {
      const run = await runToCancel(context, request.run)
      return run === null ? undefined : cancel(run, request.by)
    }
    case 'rollback':
      if ((await changeMadeFor(context, request)) !== null) return
      await refuseWhilePromoting(context)
      await rollBack(context, request)
      return
    case 'promote':
      return promoteByHand(context, request)
  }
}

/** The change of names that a request asked for, once it was carried out. */
async function changeMadeFor({ ledger }: WriterContext, { id }: WriterRequest): Promise<NameChange | null> {
  const { history } = await readInstallation(ledger)
  return history.find(({ request }) => request === id) ?? null
}

/** Null where the run is cancelled already: whoever did it may have died before it answered, or made room. */
async function runToCancel({ ledger }: WriterContext, id: RunId | null): Promise<RunRequest | null> {
  const { currentRun } = await readInstallation(ledger)
  const wanted = id ?? currentRun?.id
  if (wanted === undefined) throw new RevalError('RUN_UNKNOWN', 'no run is in progress')
  const recorded = await ledger.read('run', wanted)
  if (recorded?.value.state === 'cancelled') return null
  if (currentRun?.id === wanted) return currentRun
  const { state } = await readRun(ledger, wanted)
  throw new RevalError('RUN_OVER', `run ${wanted} is ${state}`)
}

async function refuseWhilePromoting({ ledger }: WriterContext): Promise<void> {
  const { currentRun } = await readInstallation(ledger)
  const run = currentRun === null ? null : await ledger.read('run', currentRun.id)
  if (run?.value.state === 'promoting') {
    throw new RevalError('RUN_PROMOTING', `run ${run.value.id} is going live`)
  }
}

/** Makes a generation live that only its checks held back; the ledger keeps who and why. */
async function promoteByHand(context: WriterContext, request: WriterRequest): Promise<void> {
  const { by, why } = request
  const { to } = (await changeMadeFor(context, request)) ?? (await promoteHeldBack(context, request))
  await changeRecord(context.ledger, 'run', to.run, (run) =>
    run === null || !isOver(run.state) ? null : { ...run, state: 'live', promotedByHand: { by, why } },
  )
  // What was before the former live one is not needed any more, and need not wait for the next run to be dropped.
  await dropUnneeded(context)
}

async function promoteHeldBack(
  context: WriterContext,
  { id, run, by, why }: WriterRequest,
): Promise<Pick<NameChange, 'to'>> {
  const { heldBack } = await readInstallation(context.ledger)
  if (heldBack === null || (run !== null && heldBack.run !== run)) {
    throw new RevalError('GENERATION_UNKNOWN', 'no generation of that run is held back')
  }
  await refuseWhilePromoting(context)
  await changeNames(context, { kind: 'promotion', to: heldBack, request: id, by, why })
  return { to: heldBack }
}

import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type { KeptGeneration, Run, RunRequest, WriterRequest } from '../../ports/run-ledger.ts'
import type { WriterContext } from '../lease/writer.ts'
import { dropUnneeded } from './housekeeping.ts'
import { refuseChanged } from './installation-seen.ts'
import { changeAliases, rollBack } from './aliases.ts'
import { changeAsWriter, changeRecord, readInbox, readInstallation } from '../records.ts'
import {
  changeMadeFor,
  heldBackFor,
  isRefusal,
  namedRun,
  refuseWhilePromoting,
  runToCancel,
  wasDiscardedFor,
  withDecision,
  withDiscarding,
} from './request-rules.ts'
import { refuseStale } from './stale.ts'
import { answerRequest } from './writer-request.ts'

/** Cancels the run in progress, as the request says. Rejects with the code of a refusal. */
export type CancelRun = (run: RunRequest, request: Pick<WriterRequest, 'by' | 'why'>) => Promise<void>

/** Runs an action between two batches of changes. */
export type Exclusively = <T>(action: () => Promise<T>) => Promise<T>

/** Takes a request to resync or to erase, which is answered later, beside other work. It may be given one several times. */
export type TakeResync = (request: WriterRequest) => void

/**
 * Handles the requests to the writer, oldest first, and answers each: done, or refused with code and reason. An error of
 * the ledger is not a refusal: the request stays, and this rejects. Requests to resync and to erase are handed on.
 */
export async function answerRequests(
  context: WriterContext,
  cancel: CancelRun,
  exclusively: Exclusively = (action) => action(),
  takeResync: TakeResync = () => undefined,
): Promise<void> {
  const { requests } = await readInbox(context.ledger)
  for (const request of requests.filter(({ answer }) => answer === null)) {
    if (request.kind === 'resync' || request.kind === 'erase') takeResync(request)
    else await answerOne(context, request, () => carryOut(context, request, cancel, exclusively))
  }
}

async function answerOne(context: WriterContext, request: WriterRequest, work: () => Promise<void>): Promise<void> {
  let answer: NonNullable<WriterRequest['answer']> = { ok: true }
  try {
    await work()
  } catch (error) {
    const { code, message } = asRevalError(error)
    if (!isRefusal(code)) throw error
    answer = { ok: false, code, reason: message }
  }
  await answerRequest(context, request.id, answer)
  context.events.emit('request.answered', { request: { ...request, answer } })
}

/** Handles a request only once, even after a crash between handling and answering it. */
async function carryOut(
  context: WriterContext,
  request: WriterRequest,
  cancel: CancelRun,
  exclusively: Exclusively,
): Promise<void> {
  switch (request.kind) {
    case 'resync':
    case 'erase':
      // Handed on.
      return
    case 'cancel':
      return cancelRun(context, request, cancel)
    case 'rollback':
      if (changeMadeFor(request, await readInstallation(context.ledger)) !== null) return
      refuseWhilePromoting(await runInProgress(context))
      await exclusively(() => rollBack(context, request))
      return
    case 'promote':
      return exclusively(() => promoteByHand(context, request))
    case 'discard':
      return exclusively(() => discardByHand(context, request))
  }
}

async function cancelRun({ ledger }: WriterContext, request: WriterRequest, cancel: CancelRun): Promise<void> {
  const installation = await readInstallation(ledger)
  const named = namedRun(request, installation)
  const recorded = named === null ? null : await ledger.read('run', named)
  const run = runToCancel(request, installation, recorded?.value ?? null)
  if (run === null) return
  // While a run is in progress, only the writer changes what was seen.
  refuseChanged(request.seen, installation)
  await cancel(run, request)
}

async function runInProgress({ ledger }: WriterContext): Promise<Run | null> {
  const { currentRun } = await readInstallation(ledger)
  return currentRun === null ? null : ((await ledger.read('run', currentRun.id))?.value ?? null)
}

/** Promotes a generation that its checks held back; the ledger keeps who and why. */
async function promoteByHand(context: WriterContext, request: WriterRequest): Promise<void> {
  const made = changeMadeFor(request, await readInstallation(context.ledger))
  const to = made?.to ?? (await promoteHeldBack(context, request))
  await changeRecord(context.ledger, 'run', to.run, (run) => withDecision(run, 'promoted', request))
  // Drops the generation before the previous one now rather than with the next run.
  await dropUnneeded(context)
}

async function discardByHand(context: WriterContext, request: WriterRequest): Promise<void> {
  const { ledger } = context
  const { java } = await readInstallation(ledger)
  if (java !== null && java.run === request.run) return discardJava(context, java, request)
  const named = request.run === null ? null : ((await ledger.read('run', request.run))?.value ?? null)
  if (!wasDiscardedFor(request, named)) await changeAsWriter(context, (known) => withDiscarding(known, request))
  await discardHeldBack(context, request)
}

/**
 * Drops the generation of the Java services; the ledger keeps who and why. Rejects GENERATION_UNKNOWN while it is live. After a crash
 * the request is handled as one that was carried out (`wasDiscardedFor`).
 */
async function discardJava(context: WriterContext, { run, generation }: KeptGeneration, request: WriterRequest) {
  const { live, changing } = await readInstallation(context.ledger)
  if (live?.generation === generation) throw new RevalError('GENERATION_UNKNOWN', `run ${run} is live`)
  if (changing !== null) throw new RevalError('PROMOTION_IN_PROGRESS', `a ${changing.kind} is in progress`)
  await changeRecord(context.ledger, 'run', run, (known) => withDecision(known, 'discarded', request))
  await changeAsWriter(context, (known) => ({
    ...known,
    java: null,
    previous: known.previous?.generation === generation ? null : known.previous,
  }))
  await dropUnneeded(context)
}

/** Drops a generation that was held back; the ledger keeps who and why. */
export async function discardHeldBack(
  context: WriterContext,
  request: Pick<WriterRequest, 'run' | 'by' | 'why' | 'at'>,
): Promise<void> {
  const { ledger } = context
  const named = request.run === null ? null : ((await ledger.read('run', request.run))?.value ?? null)
  const installation = await readInstallation(ledger)
  const isDone = wasDiscardedFor(request, named) && installation.heldBack?.run !== request.run
  if (!isDone) {
    const { run, generation } = heldBackFor(request, installation)
    // The record comes first: otherwise the generation would be gone and the run could not say why.
    await changeRecord(ledger, 'run', run, (known) => withDecision(known, 'discarded', request))
    await changeAsWriter(context, (known) =>
      known.heldBack?.generation === generation ? { ...known, heldBack: null, discarding: null } : null,
    )
  }
  await dropUnneeded(context)
}

async function promoteHeldBack(context: WriterContext, request: WriterRequest): Promise<KeptGeneration> {
  const { id, seen, by, why } = request
  const installation = await readInstallation(context.ledger)
  refuseChanged(seen, installation)
  const to = heldBackFor(request, installation)
  refuseStale(to.generation, installation)
  refuseWhilePromoting(await runInProgress(context))
  await changeAliases(context, { kind: 'promotion', to, request: id, seen, by, why })
  return to
}

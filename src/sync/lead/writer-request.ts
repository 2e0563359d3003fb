import { RevalError } from '../../errors/reval-error.ts'
import { INBOX, type WriterRequest } from '../../ports/run-ledger.ts'
import type { SyncContext } from '../context.ts'
import { changeRecord, readInbox } from '../records.ts'

/** How long answered requests are kept, for the requester to read the answer. */
const KEEP_ANSWERS_MS = 10 * 60_000
const POLL_MS = 50

type NewRequest = Pick<WriterRequest, 'kind' | 'by' | 'why'> &
  Partial<Pick<WriterRequest, 'id' | 'run' | 'scope' | 'seen'>>

/**
 * Posts a request to the writer, in whichever process it is, and resolves with the id of the request. A request with the id of
 * one that is waiting or was answered is not posted again. Rejects USAGE if that one asks for something else.
 */
export async function postRequest(
  { ledger, clock, newId }: Pick<SyncContext, 'ledger' | 'clock' | 'newId'>,
  asked: NewRequest,
): Promise<string> {
  const at = clock.now()
  const defaults = { id: newId(), run: null, scope: null, seen: null }
  const request: WriterRequest = { ...defaults, ...asked, at, answer: null }
  await changeRecord(ledger, 'inbox', INBOX, (inbox) => {
    const wanted = (inbox?.requests ?? []).filter(isWanted(at))
    const posted = wanted.find(({ id }) => id === request.id)
    if (posted === undefined) return { requests: [...wanted, request] }
    if (posted.kind !== request.kind || posted.run !== request.run) {
      throw new RevalError('USAGE', `request ${request.id} asks for something else`)
    }
    return null
  })
  return request.id
}

/**
 * Waits for the writer's answer, and resolves with it. Rejects with the code and reason of a refusal, REQUEST_UNANSWERED after `timeoutMs`,
 * or INTERRUPTED when the signal is aborted.
 */
export async function awaitAnswer(
  { ledger, clock }: Pick<SyncContext, 'ledger' | 'clock'>,
  id: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Extract<NonNullable<WriterRequest['answer']>, { ok: true }>> {
  const deadline = clock.monotonic() + timeoutMs
  for (;;) {
    const answer = (await readInbox(ledger)).requests.find((each) => each.id === id)?.answer
    if (answer?.ok === true) return answer
    if (answer?.ok === false) throw new RevalError(answer.code, answer.reason)
    if (signal.aborted) throw new RevalError('INTERRUPTED', `stopped waiting for the answer to request ${id}`)
    if (clock.monotonic() >= deadline) {
      throw new RevalError('REQUEST_UNANSWERED', `no answer to request ${id} within ${timeoutMs} ms`)
    }
    await clock.wait(POLL_MS, signal)
  }
}

/** Records the writer's answer. The request of a finished erasure keeps no key. */
export async function answerRequest(
  { ledger }: Pick<SyncContext, 'ledger'>,
  id: string,
  answer: NonNullable<WriterRequest['answer']>,
): Promise<void> {
  const answered = (request: WriterRequest): WriterRequest => ({
    ...request,
    scope: request.kind === 'erase' ? null : request.scope,
    answer,
  })
  await changeRecord(ledger, 'inbox', INBOX, (inbox) =>
    inbox === null ? null : { requests: inbox.requests.map((each) => (each.id === id ? answered(each) : each)) },
  )
}

/** Removes answers that were not read in time: the process that made the request is gone. */
export async function forgetAnswers({ ledger, clock }: Pick<SyncContext, 'ledger' | 'clock'>): Promise<void> {
  await changeRecord(ledger, 'inbox', INBOX, (inbox) => {
    const wanted = inbox?.requests.filter(isWanted(clock.now())) ?? []
    return inbox === null || wanted.length === inbox.requests.length ? null : { requests: wanted }
  })
}

function isWanted(now: number): (request: WriterRequest) => boolean {
  return ({ answer, at }) => answer === null || at > now - KEEP_ANSWERS_MS
}

/** Removes a request whose answer was read: some answers are long, and every process reads the inbox. */
export async function removeRequest({ ledger }: Pick<SyncContext, 'ledger'>, id: string): Promise<void> {
  await changeRecord(ledger, 'inbox', INBOX, (inbox) =>
    inbox === null ? null : { requests: inbox.requests.filter((each) => each.id !== id) },
  )
}

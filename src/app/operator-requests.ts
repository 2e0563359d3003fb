import { londonDay } from '../domain/day.ts'
import type { Purpose, Repair, Run, RunId, WriterRequest } from '../ports/run-ledger.ts'
import { requestRun } from '../sync/lead/run-request.ts'
import { requestVerification } from '../sync/lead/verification-request.ts'
import { awaitAnswer, postRequest } from '../sync/lead/writer-request.ts'
import { readRun } from '../sync/records.ts'
import type { Worker } from './worker.ts'

/** How long a request waits for the writer's answer. */
const ANSWER_TIMEOUT_MS = 15_000

/** What every request of an operator says. */
export interface Asked {
  /** The operator, as records name them. */
  readonly by: string
  /** What the operator saw (`installationSeen`). If it has changed, nothing is done: STATE_CHANGED. Null for no condition. */
  readonly seen?: string | null
  /** An id made for this request. Sent twice, it is carried out once and both get the same answer. */
  readonly request?: string | null
}

export interface AskedWriter extends Asked {
  readonly why: string
  /** Ends the waiting for the answer, not what was asked. */
  readonly signal: AbortSignal
}

export interface AskedRun extends Asked {
  readonly purpose?: Exclude<Purpose, 'verify'>
  readonly expect?: string | null
  readonly senderGone?: string | null
}

export interface AskedVerification extends Asked {
  readonly repair: Repair | null
}

/** How records name a person who is signed in to the console. */
export function byInConsole(nameOrSubject: string): string {
  return `${nameOrSubject}, console`
}

/**
 * What operators ask of the job, in whichever process its writer is. Requests to the writer resolve once it has answered, and
 * reject with the code of its refusal, REQUEST_UNANSWERED, or INTERRUPTED by the signal. Requests for a run resolve once it is
 * in progress, and reject RUN_IN_PROGRESS with its id, or as `requestRun` does.
 */
export class OperatorRequests {
  readonly #context: Worker['context']
  readonly #wake: () => void

  constructor({ context, integration }: Pick<Worker, 'context' | 'integration'>) {
    this.#context = context
    this.#wake = () => integration?.wake()
  }

  /** Cancels the run. Rejects RUN_UNKNOWN, RUN_OVER or RUN_PROMOTING. */
  cancel = (run: RunId, asked: AskedWriter): Promise<void> => this.#ask('cancel', run, asked)

  /** Promotes the run, which is held back. Rejects RUN_UNKNOWN, GENERATION_UNKNOWN, GENERATION_STALE or RUN_PROMOTING. */
  promote = (run: RunId, asked: AskedWriter): Promise<void> => this.#ask('promote', run, asked)

  /** Discards the run, which is held back or stands for the Java services' indexes. Rejects RUN_UNKNOWN or GENERATION_UNKNOWN. */
  discard = (run: RunId, asked: AskedWriter): Promise<void> => this.#ask('discard', run, asked)

  /**
   * Moves the aliases back to the previous run, or to the one named. Rejects NOTHING_TO_ROLL_BACK, RUN_UNKNOWN, GENERATION_UNKNOWN,
   * GENERATION_STALE or RUN_PROMOTING.
   */
  rollBack = (asked: AskedWriter, run: RunId | null = null): Promise<void> => this.#ask('rollback', run, asked)

  /** Requests a run for today. */
  async start(asked: AskedRun): Promise<Run> {
    const day = londonDay(this.#context.clock.now())
    return this.#awake(await requestRun(this.#context, { ...asked, day }))
  }

  /** Requests a verification of what is live. Rejects NOTHING_LIVE if nothing is. */
  async verify(asked: AskedVerification): Promise<Run> {
    return this.#awake(await requestVerification(this.#context, asked))
  }

  async #ask(kind: WriterRequest['kind'], run: RunId | null, asked: AskedWriter): Promise<void> {
    const { by, why, seen = null, request = null, signal } = asked
    // The writer tells only whether its generation is held back.
    if (run !== null) await readRun(this.#context.ledger, run)
    const id = await postRequest(this.#context, { kind, run, by, why, seen, ...(request !== null && { id: request }) })
    this.#wake()
    await awaitAnswer(this.#context, id, ANSWER_TIMEOUT_MS, signal)
  }

  #awake(run: Run): Run {
    this.#wake()
    return run
  }
}

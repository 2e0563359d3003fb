import type { DeleteMessageBatchResult } from '@aws-sdk/client-sqs'
import { RevalError } from '../../../errors/reval-error.ts'

/** The most that SQS deletes in one request. */
const MOST_DELETED = 10

interface Removal {
  readonly receipt: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface DeleteEntry {
  readonly Id: string
  readonly ReceiptHandle: string
}

/** Deletes what is removed in one turn of the event loop in requests of ten: acknowledging a batch costs a tenth. */
export class Removals {
  readonly #delete: (entries: readonly DeleteEntry[]) => Promise<DeleteMessageBatchResult>
  #waiting: Removal[] = []

  constructor(remove: (entries: readonly DeleteEntry[]) => Promise<DeleteMessageBatchResult>) {
    this.#delete = remove
  }

  /** Resolves when the message is gone for good. Each message succeeds or fails alone, unless the request fails. */
  add(receipt: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ receipt, resolve, reject })
      if (this.#waiting.length === 1) setImmediate(() => this.#send())
    })
  }

  #send(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (let start = 0; start < waiting.length; start += MOST_DELETED) {
      void this.#remove(waiting.slice(start, start + MOST_DELETED))
    }
  }

  async #remove(removals: readonly Removal[]): Promise<void> {
    try {
      const entries = removals.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }))
      const { Failed = [] } = await this.#delete(entries)
      const failed = new Map(Failed.map((each) => [each.Id, each]))
      for (const [index, { resolve, reject }] of removals.entries()) {
        const failure = failed.get(String(index))
        if (failure === undefined) resolve()
        else {
          const message = `acknowledging a message: ${failure.Code}: ${failure.Message ?? ''}`
          reject(new RevalError('BROKER_FAILED', message, { transient: failure.SenderFault !== true }))
        }
      }
    } catch (error) {
      for (const { reject } of removals) reject(error)
    }
  }
}

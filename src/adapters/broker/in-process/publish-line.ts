import { asRevalError } from '../../../errors/reval-error.ts'

interface Publisher {
  readonly accept: () => void
  readonly fail: (reason: unknown) => void
}

/**
 * Where publishers wait while there is no room for their message: in the order in which they came, so that a message
 * never overtakes another of its route.
 */
export class PublishLine {
  readonly #hasRoom: () => boolean
  #publishers: Publisher[] = []

  constructor(hasRoom: () => boolean) {
    this.#hasRoom = hasRoom
  }

  /** Calls `accept` as soon as it is this publisher's turn and there is room. Rejects with the reason of the signal. */
  enter(accept: () => void, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      if (this.#publishers.length === 0 && this.#hasRoom()) {
        accept()
        resolve()
        return
      }
      const leave = () => {
        signal?.removeEventListener('abort', abort)
        this.#publishers = this.#publishers.filter((each) => each !== publisher)
      }
      const publisher: Publisher = {
        accept: () => {
          try {
            leave()
            accept()
            resolve()
          } catch (error) {
            reject(asRevalError(error, 'BROKER_FAILED'))
          }
        },
        fail: (reason) => {
          leave()
          // What the caller gave as the reason of its signal is what it gets.
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
          reject(reason)
        },
      }
      const abort = () => publisher.fail(signal?.reason)
      signal?.addEventListener('abort', abort)
      this.#publishers.push(publisher)
    })
  }

  /** To be called when there may be room again. */
  admit(): void {
    for (let first = this.#publishers[0]; first !== undefined && this.#hasRoom(); first = this.#publishers[0]) {
      first.accept()
    }
  }

  failAll(reason: Error): void {
    for (const publisher of this.#publishers) publisher.fail(reason)
  }
}

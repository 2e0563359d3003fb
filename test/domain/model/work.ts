import type { Row } from '../../../src/domain/row.ts'
import type { Generation, SentWrite } from './generation.ts'

/** Writes sent in one call, applied in any order. */
export interface Call {
  readonly generation: Generation
  readonly writes: readonly SentWrite[]
}

export type Outcome = 'written' | 'refused'

/** A process: it yields a call and receives its outcomes, or yields null where other events may happen first. */
export type Work<Result = void> = Generator<Call | null, Result, readonly Outcome[]>

/** The rows as one call of creates. An existing id is a redelivery, or is read again. */
export function creates(generation: Generation, rows: readonly Row[]): Call {
  return { generation, writes: rows.map((row) => ({ write: { op: 'create', row }, version: null })) }
}

/** Work done step by step, which may stop after any step. */
export class Task {
  readonly #work: Work
  #call: Call | null = null
  #remaining: SentWrite[] = []
  #outcomes: Outcome[] = []
  done = false

  constructor(work: Work) {
    this.#work = work
  }

  /** One step: one write of the current call, in any order, or what follows it. */
  advance(choice: number): void {
    const [write] = this.#remaining.splice(choice % Math.max(1, this.#remaining.length), 1)
    if (write !== undefined && this.#call !== null) this.#outcomes.push(this.#call.generation.write(write))
    if (this.#remaining.length > 0) return
    const { value, done } = this.#work.next(this.#outcomes)
    this.done = done ?? false
    this.#call = value ?? null
    this.#remaining = [...(this.#call?.writes ?? [])]
    this.#outcomes = []
  }

  /** Whether no call is partly applied. */
  get isBetweenCalls(): boolean {
    return this.#remaining.length === (this.#call?.writes.length ?? 0)
  }

  /** The writes sent but not applied yet. */
  onTheWay(): Call[] {
    return this.#call === null ? [] : [{ generation: this.#call.generation, writes: this.#remaining }]
  }
}

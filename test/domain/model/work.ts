import type { Row } from '../../../src/domain/row.ts'
import type { Generation, SentWrite } from './generation.ts'

/** Writes that leave in one call, and may be carried out in any order. */
export interface Call {
  readonly generation: Generation
  readonly writes: readonly SentWrite[]
}

export type Outcome = 'written' | 'refused'

/** What a process does: it yields a call and is given its outcomes, or null where anything else may happen first. */
export type Work<Result = void> = Generator<Call | null, Result, readonly Outcome[]>

/** The rows as one call of creates. Those that meet their id are redeliveries, or are read again. */
export function creates(generation: Generation, rows: readonly Row[]): Call {
  return { generation, writes: rows.map((row) => ({ write: { op: 'create', row }, version: null })) }
}

/** Work that goes on step by step, and may be left at any of them. */
export class Task {
  readonly #work: Work
  #call: Call | null = null
  #remaining: SentWrite[] = []
  #outcomes: Outcome[] = []
  done = false

  constructor(work: Work) {
    this.#work = work
  }

  /** One step: one write of the call that is under way, whichever is chosen, or whatever comes after it. */
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

  /** Whether no call is carried out in part. */
  get isBetweenCalls(): boolean {
    return this.#remaining.length === (this.#call?.writes.length ?? 0)
  }

  /** The writes that have left and were not carried out yet. */
  onTheWay(): Call[] {
    return this.#call === null ? [] : [{ generation: this.#call.generation, writes: this.#remaining }]
  }
}

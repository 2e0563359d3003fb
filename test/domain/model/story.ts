import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Generation, SentWrite } from './generation.ts'
import { DAYS, HAPPENING } from './happenings.ts'
import { Installation } from './installation.ts'
import type { Key } from './key.ts'
import type { Rules } from './rules.ts'
import type { RunOrder } from './run.ts'
import { Sources, type Happening } from './sources.ts'
import { Writer } from './writer.ts'

/** One event of a story. `steps` is how far the work continues; `choice` selects what comes next. */
export type Event =
  | { readonly event: 'happens'; readonly happening: Happening }
  | { readonly event: 'changes go on'; readonly steps: number; readonly choice: number }
  | { readonly event: 'run goes on'; readonly steps: number; readonly choice: number; readonly order: RunOrder }
  | { readonly event: 'message is repeated'; readonly choice: number }
  | { readonly event: 'change begins to write'; readonly choice: number }
  | { readonly event: 'writer crashes' }
  | { readonly event: 'lease moves'; readonly arrives: boolean }
  | { readonly event: 'late write arrives'; readonly choice: number }
  | { readonly event: 'undo' | 'held back is promoted' }

const ORDER = fc.record({ day: fc.constantFrom(...DAYS), holdsBack: fc.boolean(), repeats: fc.boolean() })
const choice = fc.nat(11)
const steps = fc.integer({ min: 1, max: 12 })
const EVENT: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ event: fc.constant('happens' as const), happening: HAPPENING }) },
  { weight: 8, arbitrary: fc.record({ event: fc.constant('changes go on' as const), steps, choice }) },
  { weight: 4, arbitrary: fc.record({ event: fc.constant('run goes on' as const), steps, choice, order: ORDER }) },
  { weight: 1, arbitrary: fc.record({ event: fc.constant('message is repeated' as const), choice }) },
  { weight: 3, arbitrary: fc.record({ event: fc.constant('change begins to write' as const), choice }) },
  { weight: 2, arbitrary: fc.constant({ event: 'writer crashes' as const }) },
  { weight: 2, arbitrary: fc.record({ event: fc.constant('lease moves' as const), arrives: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ event: fc.constant('late write arrives' as const), choice }) },
  { weight: 1, arbitrary: fc.record({ event: fc.constantFrom('undo' as const, 'held back is promoted' as const) }) },
)
/** The events before the first run, and those after it. */
export const STORY = fc.tuple(
  fc.array(HAPPENING, { maxLength: 8, size: 'max' }),
  fc.array(EVENT, { maxLength: 40, size: 'max' }),
)

const MOST_READS = 40
const MOST_STEPS = 20_000

/** Runs a story until all messages are consumed and no run is in progress. */
export class Story {
  readonly sources = new Sources()
  readonly installation = new Installation()
  readonly #rules: Rules
  readonly #announced: Key[] = []
  #late: { readonly generation: Generation; readonly sent: SentWrite }[] = []
  #writer: Writer

  constructor(before: readonly Happening[], rules: Rules) {
    this.#rules = rules
    for (const happening of before) this.sources.happen(happening)
    this.#writer = new Writer(this.installation, this.sources, rules)
    this.#writer.stepRun(0, { day: DAYS[0], holdsBack: false, repeats: false })
    this.end()
  }

  tell(event: Event): void {
    switch (event.event) {
      case 'happens':
        this.#announce(this.sources.happen(event.happening))
        break
      case 'changes go on':
        for (let i = 0; i < event.steps; i += 1) this.#writer.stepChange(event.choice)
        break
      case 'run goes on':
        for (let i = 0; i < event.steps; i += 1) this.#writer.stepRun(event.choice, i === 0 ? event.order : null)
        break
      case 'change begins to write':
        for (let i = 0; i < MOST_READS && this.#writer.onTheWay().length === 0; i += 1)
          this.#writer.stepChange(event.choice)
        break
      case 'message is repeated': {
        const key = this.#announced[event.choice % Math.max(1, this.#announced.length)]
        if (key !== undefined) this.installation.announce(key)
        break
      }
      case 'writer crashes':
        this.#writer = new Writer(this.installation, this.sources, this.#rules)
        break
      case 'lease moves':
        this.#moveLease(event.arrives)
        break
      case 'late write arrives':
        this.#arriveLate(event.choice)
        break
      case 'undo':
        this.installation.undo()
        break
      case 'held back is promoted':
        this.installation.promoteHeldBack()
        break
    }
  }

  end(): void {
    let steps = 0
    while (!this.#writer.isIdle || this.installation.hasMessages) {
      if (++steps > MOST_STEPS) throw new Error('the work does not end')
      this.#writer.stepChange(0)
      this.#writer.stepRun(0, null)
    }
  }

  /** The law: every kept generation equals a rebuild from the final sources for its day. */
  judge(): void {
    for (const generation of this.installation.kept) {
      assert.deepEqual(generation.rows, this.sources.rebuild(generation.day))
    }
  }

  #announce(key: Key): void {
    this.#announced.push(key)
    this.installation.announce(key)
  }

  #moveLease(arrives: boolean): void {
    const calls = this.#writer.onTheWay()
    const late = calls.flatMap(({ generation, writes }) => writes.map((sent) => ({ generation, sent })))
    if (arrives) for (const { generation, sent } of late) generation.write(sent)
    else this.#late.push(...late)
    this.#writer = new Writer(this.installation, this.sources, this.#rules)
  }

  #arriveLate(choice: number): void {
    const [late] = this.#late.splice(choice % Math.max(1, this.#late.length), 1)
    if (late === undefined) return
    const { generation, sent } = late
    if (!this.#rules.outlivesNoLease || generation.hasMoved(sent)) generation.write(sent)
  }
}

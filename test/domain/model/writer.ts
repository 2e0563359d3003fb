import type { Installation } from './installation.ts'
import type { Key } from './key.ts'
import { refresh } from './refresh.ts'
import type { Rules } from './rules.ts'
import { run, type Journal, type RunOrder } from './run.ts'
import type { Sources } from './sources.ts'
import { Task, type Call, type Work } from './work.ts'

/** The process that holds the lease for one term. Its state is lost if it crashes or is replaced. */
export class Writer {
  readonly installation: Installation
  readonly sources: Sources
  readonly rules: Rules
  journal: Journal | null = null
  pausesChanges = false
  #change: Task | null = null
  #run: Task | null = null

  constructor(installation: Installation, sources: Sources, rules: Rules) {
    this.installation = installation
    this.sources = sources
    this.rules = rules
    installation.recover()
    if (rules.makesInheritanceVisible) for (const generation of installation.kept) generation.makeVisible()
  }

  get takesChange(): boolean {
    return this.#change !== null
  }

  get isIdle(): boolean {
    return this.#change === null && this.#run === null
  }

  /** One step of the changes: in the current batch, or the first of the next. */
  stepChange(choice: number): void {
    if (this.#change === null) {
      const keys = this.pausesChanges ? [] : this.installation.deliver(1 + (choice % 3), choice)
      if (keys.length === 0) return
      this.#change = new Task(this.#takeChange(keys))
    }
    this.#change.advance(choice)
    if (this.#change.done) this.#change = null
  }

  /** One step of the run in progress; starts the requested one if there is none. */
  stepRun(choice: number, order: RunOrder | null): void {
    if (this.#run === null) {
      if (order === null) return
      this.#run = new Task(run(this, order))
    }
    this.#run.advance(choice)
    if (this.#run.done) this.#run = null
  }

  /** The writes this process sent that are not applied yet. */
  onTheWay(): Call[] {
    return [this.#change, this.#run].flatMap((task) => task?.onTheWay() ?? [])
  }

  *#takeChange(keys: readonly Key[]): Work {
    const { rules } = this
    this.journal?.add(keys)
    yield null
    for (const generation of this.installation.kept) {
      yield* refresh(keys, generation, this.sources, rules)
      if (rules.makesChangesVisible) generation.makeVisible()
      yield null
    }
    this.installation.acknowledge()
  }
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Change } from '../../src/domain/changes.ts'
import { textOrNull } from '../../src/domain/text.ts'
import { MemoryGeneration } from './generation.ts'
import { apply, settle } from './pipeline.ts'
import { HAPPENING, World, type Happening } from './world.ts'

/** One step of a run in which snapshot and changes meet. */
type Step =
  | { readonly step: 'happens'; readonly happening: Happening }
  /** The oldest waiting change of some key is applied. */
  | { readonly step: 'change'; readonly key: number }
  /** A row of the snapshot comes, some of them twice. */
  | { readonly step: 'snapshot'; readonly row: number; readonly again: boolean }
  | { readonly step: 'visible' }

const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ step: fc.constant('happens' as const), happening: HAPPENING }) },
  { weight: 5, arbitrary: fc.record({ step: fc.constant('change' as const), key: fc.nat(9) }) },
  {
    weight: 5,
    arbitrary: fc.record({ step: fc.constant('snapshot' as const), row: fc.nat(9), again: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('visible' as const) }) },
)
const STEPS = fc.array(STEP, { maxLength: 16 })

function keyOf(change: Change): string {
  switch (change.kind) {
    case 'trainee':
      return `trainee ${change.tcsPersonId}`
    case 'doctor':
      return `doctor ${change.storedId.trim()}`
    case 'reason':
      return `reason ${change.number}`
  }
}

type SnapshotRow = (generation: MemoryGeneration) => void

/** The three stages, each with the rows that its snapshot gives of the sources as they are when it begins. */
const STAGES: readonly ((world: World) => SnapshotRow[])[] = [
  (world) => [...world.trainees.values()].map((trainee) => (generation) => generation.snapshotTrainee(trainee)),
  (world) =>
    [...world.doctors.values()].map(
      ({ doctor, outcome }) =>
        (generation) =>
          generation.snapshotDoctor(doctor, outcome),
    ),
  (world) =>
    [...world.reasons]
      .filter(([, reason]) => textOrNull(reason) !== null)
      .map(
        ([number, reason]) =>
          (generation) =>
            generation.snapshotReason(number, reason),
      ),
]

/** A generation that is being built while the sources change. */
class Building {
  readonly world = new World()
  readonly generation = new MemoryGeneration()
  readonly #waiting = new Map<string, Change[]>()
  /** Whether lookups by number lag behind what was written. */
  readonly #lagging: boolean

  constructor(lagging: boolean) {
    this.#lagging = lagging
  }

  happen(happening: Happening): void {
    for (const change of this.world.happen(happening)) {
      const key = keyOf(change)
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), change])
    }
  }

  applyWaiting(choice: number): boolean {
    const keys = [...this.#waiting.keys()]
    const key = keys[choice % Math.max(1, keys.length)]
    const [change, ...later] = this.#waiting.get(key ?? '') ?? []
    if (key === undefined || change === undefined) return false
    if (later.length > 0) this.#waiting.set(key, later)
    else this.#waiting.delete(key)
    apply(this.generation, change, this.world, () => this.#written())
    return true
  }

  run(stage: (world: World) => SnapshotRow[], steps: readonly Step[]): void {
    const rows = stage(this.world)
    const done: SnapshotRow[] = []
    for (const step of steps) {
      if (step.step === 'happens') this.happen(step.happening)
      else if (step.step === 'change') this.applyWaiting(step.key)
      else if (step.step === 'visible') this.generation.makeVisible()
      else {
        const from = step.again ? done : rows
        const row = from[step.row % Math.max(1, from.length)]
        if (row === undefined) continue
        row(this.generation)
        this.#written()
        if (!step.again) done.push(...rows.splice(rows.indexOf(row), 1))
      }
    }
    for (const row of rows) {
      row(this.generation)
      this.#written()
    }
    this.generation.makeVisible()
  }

  finish(): void {
    while (this.applyWaiting(0)) continue
    settle(this.generation)
  }

  #written(): void {
    if (!this.#lagging) this.generation.makeVisible()
  }
}

for (const lagging of [false, true]) {
  test(`a snapshot among changes, ${lagging ? 'with lookups that lag' : 'with fresh lookups'}, settles to a rebuild from the final sources`, () => {
    fc.assert(
      fc.property(
        fc.array(HAPPENING, { maxLength: 8 }),
        fc.array(HAPPENING, { maxLength: 3 }),
        fc.tuple(STEPS, STEPS, STEPS),
        (before, atStart, stages) => {
          const building = new Building(lagging)
          // What happened before the run is in no queue any more; what happens at its start is, and is in the snapshot.
          for (const happening of before) building.world.happen(happening)
          for (const happening of atStart) building.happen(happening)
          STAGES.forEach((stage, i) => building.run(stage, stages[i] ?? []))
          building.finish()
          assert.deepEqual(building.generation.shown(), building.world.rebuild().shown())
        },
      ),
      { numRuns: 700 },
    )
  })
}

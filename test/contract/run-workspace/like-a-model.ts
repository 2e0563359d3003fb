import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { gmcNumber, type GmcNumber } from '../../../src/domain/gmc-number.ts'
import type { Trainee } from '../../../src/domain/trainee.ts'
import type { ChangedKey, DoctorKey, Joined, JournalKey, RunWorkspace } from '../../../src/ports/run-workspace.ts'
import type { WorkspaceFactory } from './place.ts'
import { changed, doctor, document, ONE, person, SMALL, trainee, TWO } from './samples.ts'

/** A workspace in memory. */
class Model {
  readonly trainees = new Map<number, Trainee>()
  readonly reasons = new Map<GmcNumber, string>()
  readonly joinedWith = new Map<GmcNumber, string>()
  /** Keys as text, with the number of the last addition. */
  readonly journal = new Map<string, number>()
  #additions = 0

  join({ number, storedId }: DoctorKey): Joined {
    if (!this.joinedWith.has(number)) this.joinedWith.set(number, storedId)
    const first = this.joinedWith.get(number) ?? null
    return {
      trainees: this.inOrder().filter((each) => gmcNumber(each.gmcReferenceNumber) === number),
      reason: this.reasons.get(number) ?? null,
      sharedWith: first === storedId ? null : first,
    }
  }

  unjoined(): { trainee: Trainee; reason: string | null }[] {
    return this.inOrder().flatMap((each) => {
      const number = gmcNumber(each.gmcReferenceNumber)
      if (number !== null && this.joinedWith.has(number)) return []
      return [{ trainee: each, reason: number === null ? null : (this.reasons.get(number) ?? null) }]
    })
  }

  inOrder(): Trainee[] {
    return [...this.trainees.values()].sort((a, b) => a.tcsPersonId - b.tcsPersonId)
  }

  addToJournal(key: ChangedKey): void {
    this.journal.set(textOf(key), (this.#additions += 1))
  }
}

function textOf(key: ChangedKey): string {
  if (key.kind === 'document') return `document ${key.storedId}`
  return key.kind === 'person' ? `person ${key.tcsPersonId}` : `number ${key.number}`
}

/** A read of the journal not yet confirmed, and the model's state then. */
interface Reading {
  readonly keys: readonly JournalKey[]
  readonly additions: ReadonlyMap<string, number>
}

class Both {
  readonly model = new Model()
  readonly workspace: RunWorkspace
  reading: Reading = { keys: [], additions: new Map() }

  constructor(workspace: RunWorkspace) {
    this.workspace = workspace
  }
}

type Step = (both: Both) => Promise<void>

const number = fc.constantFrom(ONE, TWO, SMALL)
const personId = fc.integer({ min: -1, max: 4 })
const storedId = fc.tuple(fc.constantFrom('', ' ', '\u0000'), number).map(([before, of]) => doctor(of, before + of))
const anyTrainee = fc
  .tuple(personId, fc.oneof(number, fc.constantFrom(null, 'UNKNOWN', ' 1111111 ')), fc.constantFrom('A', 'B', '\u0000'))
  .map(([id, of, doctorFirstName]) => trainee(id, of, { doctorFirstName }))
const key = fc.oneof(personId.map(person), number.map(changed), fc.constantFrom('UNKNOWN', '1').map(document))
const several = <T>(each: fc.Arbitrary<T>) => fc.array(each, { maxLength: 4 })

const step: fc.Arbitrary<Step> = fc.oneof(
  several(anyTrainee).map((trainees): Step => async ({ model, workspace }) => {
    for (const each of trainees) model.trainees.set(each.tcsPersonId, each)
    await workspace.addTrainees(trainees)
  }),
  several(fc.record({ number, reason: fc.constantFrom('one', ' two ', ' ') })).map(
    (reasons): Step =>
      async ({ model, workspace }) => {
        for (const each of reasons) if (each.reason !== ' ') model.reasons.set(each.number, each.reason)
        await workspace.addReasons(reasons)
      },
  ),
  fc.constant<Step>(async ({ model, workspace }) => {
    model.reasons.clear()
    await workspace.clearReasons()
  }),
  several(storedId).map((doctors): Step => async ({ model, workspace }) => {
    assert.deepEqual(
      await workspace.join(doctors),
      doctors.map((each) => model.join(each)),
    )
  }),
  fc
    .tuple(fc.option(personId), fc.integer({ min: 1, max: 4 }))
    .map(([after, limit]): Step => async ({ model, workspace }) => {
      const left = model.unjoined().filter(({ trainee: { tcsPersonId } }) => after === null || tcsPersonId > after)
      assert.deepEqual(await workspace.unjoined(after, limit), left.slice(0, limit))
    }),
  several(key).map((keys): Step => async ({ model, workspace }) => {
    for (const each of keys) model.addToJournal(each)
    await workspace.addToJournal(keys)
  }),
  fc.integer({ min: 1, max: 4 }).map((limit): Step => async (both) => {
    const keys = await both.workspace.journal(limit)
    both.reading = { keys, additions: new Map(both.model.journal) }
    assert.deepEqual(keys.map(textOf), [...both.model.journal.keys()].slice(0, limit))
  }),
  fc.constant<Step>(async ({ model, workspace, reading: { keys, additions } }) => {
    for (const each of keys.map(textOf)) if (model.journal.get(each) === additions.get(each)) model.journal.delete(each)
    await workspace.removeFromJournal(keys)
  }),
)

async function assertAlike({ model, workspace }: Both): Promise<void> {
  assert.equal(await workspace.countTrainees(), model.trainees.size)
  assert.equal(await workspace.countUnjoined(), model.unjoined().length)
  assert.deepEqual(await workspace.unjoined(null, 100), model.unjoined())
  assert.deepEqual((await workspace.journal(100)).map(textOf), [...model.journal.keys()])
}

export function likeAModel(factory: WorkspaceFactory): void {
  test('for any sequence of calls, a workspace behaves like a simple model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const place = await factory()
        try {
          const both = new Both(await place.open())
          for (const each of steps) await each(both)
          await assertAlike(both)
        } finally {
          await place.dispose()
        }
      }),
      { numRuns: 150 },
    )
  })
}

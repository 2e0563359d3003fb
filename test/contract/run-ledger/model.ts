import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Lease, RunLedger } from '../../../src/ports/run-ledger.ts'
import { openPlace, type LedgerFactory } from './place.ts'
import { CONFLICT } from './records.ts'

/** The expected content of the ledger, and the revision that each user read last. */
interface Model {
  readonly stored: Map<string, { readonly value: Lease; readonly version: number }>
  readonly seen: Map<string, { readonly version: number; readonly revision: string }>
  versions: number
}
interface Real {
  readonly users: readonly RunLedger[]
  /** Distinguishes the records of one property execution from those of others. */
  readonly prefix: string
}
type Command = fc.AsyncCommand<Model, Real>

class Read implements Command {
  readonly user: number
  readonly id: string

  constructor(user: number, id: string) {
    this.user = user
    this.id = id
  }

  check(): boolean {
    return true
  }

  async run({ stored, seen }: Model, { users, prefix }: Real): Promise<void> {
    const found = await users[this.user]?.read('lease', prefix + this.id)
    const expected = stored.get(this.id)
    assert.deepEqual(found?.value, expected?.value)
    if (found && expected) {
      seen.set(`${this.user} ${this.id}`, { version: expected.version, revision: found.revision })
    }
  }

  toString(): string {
    return `user ${this.user} reads ${this.id}`
  }
}

/** Saves over the revision that the user read last, or as new. */
class Save implements Command {
  readonly user: number
  readonly id: string
  readonly value: Lease

  constructor(user: number, id: string, value: Lease) {
    this.user = user
    this.id = id
    this.value = value
  }

  check(): boolean {
    return true
  }

  async run(model: Model, { users, prefix }: Real): Promise<void> {
    const seen = model.seen.get(`${this.user} ${this.id}`)
    const saved = users[this.user]?.save('lease', prefix + this.id, this.value, seen?.revision ?? 'new')
    if (saved === undefined || model.stored.get(this.id)?.version !== seen?.version) {
      await assert.rejects(saved ?? Promise.resolve(), CONFLICT)
      return
    }
    const version = (model.versions += 1)
    model.seen.set(`${this.user} ${this.id}`, { version, revision: await saved })
    model.stored.set(this.id, { value: this.value, version })
  }

  toString(): string {
    return `user ${this.user} saves ${this.id}`
  }
}

/** Any sequence of reads and saves by several users behaves like a versioned map. */
export function likeAModel(factory: LedgerFactory): void {
  test('any sequence of reads and saves by several users behaves like a versioned map', async (t) => {
    const place = await openPlace(t, factory)
    const users = [await place.open(), await place.open(), await place.open()]
    const user = fc.nat(users.length - 1)
    const id = fc.constantFrom('x', 'y')
    const value = fc.record({ holder: fc.string(), term: fc.nat(), until: fc.nat() }, { noNullPrototype: true })
    const commands = fc.commands(
      [
        fc.tuple(user, id).map(([who, which]) => new Read(who, which)),
        fc.tuple(user, id, value).map(([who, which, what]) => new Save(who, which, what)),
      ],
      { maxCommands: 30 },
    )
    let executions = 0
    await fc.assert(
      fc.asyncProperty(commands, async (sequence) => {
        const prefix = `${(executions += 1)}-`
        await fc.asyncModelRun(
          () => ({ model: { stored: new Map(), seen: new Map(), versions: 0 }, real: { users, prefix } }),
          sequence,
        )
      }),
      { numRuns: 30 },
    )
  })
}

import { MongoClient, type Collection, type Document } from 'mongodb'
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise'
import type { Route } from '../../../src/ports/broker.ts'
import { Chance } from '../../faults/chance.ts'

/** What a channel says of a change. */
export interface Hint {
  readonly route: Route
  readonly body: object
}

/** A change of the sources, which may be made again, and what announces it. */
export interface Change {
  readonly make: () => Promise<unknown>
  readonly hints: readonly Hint[]
}

const NAMES = ['Ahmed', 'Byrne', 'Clarke', 'Ó Dálaigh', "D'Souza", 'Evans', 'Łukasz', 'van der Berg'] as const
const BODIES = ['1-1RSSQ05', '1-1RUZV1D', '1-1RSG4X0', null] as const
const OUTCOMES = ['APPROVED', 'REJECTED', 'UNDER_REVIEW'] as const

/** Changes are of few persons and doctors, so that they meet, and a run in between still looks like the one before. */
const POOL = 60

/** `_id` is text in these collections. */
type Stored = Document & { readonly _id: string }

const ofTrainee = (tcsPersonId: number): Hint => ({ route: 'traineeChanged', body: { tcsPersonId } })
const ofDoctor = (_id: string, operationType: string): Hint => ({
  route: 'doctorChanged',
  body: { operationType, documentKey: { _id }, ...(operationType === 'delete' ? {} : { fullDocument: { _id } }) },
})

/**
 * Changes of the sample in the sources: names, GMC numbers, bodies and recommendations; persons and doctors that go and come
 * back. The same seed makes the same changes, in the same order.
 */
export class SourceChanges {
  readonly #seed: number
  readonly #chance: Chance
  readonly #mysql: Pool
  readonly #client: MongoClient
  readonly #doctors: Collection<Stored>
  readonly #recommendations: Collection<Stored>
  #persons: { readonly id: number; readonly surname: string; readonly forenames: string }[] = []
  #numbers: string[] = []
  readonly #gone = new Map<string, Stored>()
  #made = 0

  private constructor(settings: Readonly<Record<string, string | undefined>>, seed: number) {
    this.#seed = seed
    this.#chance = new Chance(seed)
    const { hostname, port, pathname } = new URL(settings.REVAL_MYSQL_URL ?? '')
    this.#mysql = createPool({
      host: hostname,
      port: Number(port),
      database: pathname.slice(1),
      user: settings.REVAL_MYSQL_USER ?? '',
      password: settings.REVAL_MYSQL_PASSWORD ?? '',
      connectionLimit: 1,
      connectTimeout: 5_000,
    })
    this.#client = new MongoClient(settings.REVAL_MONGODB_URL ?? '', {
      serverSelectionTimeoutMS: 2_000,
      socketTimeoutMS: 5_000,
    })
    this.#doctors = this.#client.db().collection<Stored>('doctorsForDB')
    this.#recommendations = this.#client.db().collection<Stored>('recommendation')
  }

  static async open(settings: Readonly<Record<string, string | undefined>>, seed: number): Promise<SourceChanges> {
    const changes = new SourceChanges(settings, seed)
    const [rows] = await changes.#mysql.query<(RowDataPacket & { id: number; surname: string; forenames: string })[]>(
      `SELECT id, surname, forenames FROM ContactDetails ORDER BY id LIMIT ${POOL}`,
    )
    changes.#persons = rows
    changes.#numbers = await changes.#doctors
      .find({ _id: /^[0-9]{7}$/ })
      .sort({ _id: 1 })
      .limit(POOL)
      .map(({ _id }) => _id)
      .toArray()
    return changes
  }

  /** The next one. */
  next(): Change {
    this.#made += 1
    const kinds = [
      () => this.#renamePerson(),
      () => this.#renamePerson(),
      () => this.#giveNumber(),
      () => this.#swapNumbers(),
      () => this.#removePerson(),
      () => this.#changeDoctor(),
      () => this.#changeDoctor(),
      () => this.#recommend(),
      () => this.#removeDoctor(),
      () => this.#bringBack(),
    ]
    return this.#any(kinds)()
  }

  async close(): Promise<void> {
    await this.#mysql.end()
    await this.#client.close()
  }

  #any<T>(choices: readonly T[]): T {
    const chosen = choices[this.#chance.below(choices.length)]
    if (chosen === undefined) throw new Error('there is nothing to choose from')
    return chosen
  }

  #renamePerson(): Change {
    const { id, forenames } = this.#any(this.#persons)
    const surname = `${this.#any(NAMES)} ${this.#made}`
    return { make: () => this.#putPerson(id, surname, forenames), hints: [ofTrainee(id)] }
  }

  #giveNumber(): Change {
    const { id } = this.#any(this.#persons)
    const number = this.#any(this.#numbers)
    return { make: () => this.#putNumbers([id, number]), hints: [ofTrainee(id)] }
  }

  /** Both change before either is announced. */
  #swapNumbers(): Change {
    const [one, other] = [this.#any(this.#persons), this.#any(this.#persons)]
    const [first, second] = [this.#any(this.#numbers), this.#any(this.#numbers)]
    return {
      make: () => this.#putNumbers([one.id, first], [other.id, second]),
      hints: [ofTrainee(one.id), ofTrainee(other.id)],
    }
  }

  /** TCS announces no removal: whoever removes a person in two systems tells one of them. */
  #removePerson(): Change {
    const { id } = this.#any(this.#persons)
    return { make: () => this.#mysql.query('DELETE FROM ContactDetails WHERE id = ?', [id]), hints: [ofTrainee(id)] }
  }

  #changeDoctor(): Change {
    const _id = this.#any(this.#numbers)
    const change = {
      doctorLastName: `${this.#any(NAMES)} ${this.#made}`,
      designatedBodyCode: this.#any(BODIES),
      underNotice: this.#chance.happens(0.5) ? 'YES' : 'NO',
    }
    return { make: () => this.#doctors.updateOne({ _id }, { $set: change }), hints: [ofDoctor(_id, 'update')] }
  }

  #recommend(): Change {
    const gmcNumber = this.#any(this.#numbers)
    const recommendation: Stored = {
      // Never used twice: one that moved to another number would be announced with the new number only.
      _id: `recommendation-${this.#seed}-${this.#made}`,
      gmcNumber,
      outcome: this.#any(OUTCOMES),
      gmcSubmissionDate: new Date('2027-01-01'),
      actualSubmissionDate: new Date(Date.UTC(2027, 0, 1 + (this.#made % 3_000))),
    }
    const body = { operationType: 'insert', fullDocument: { _id: recommendation._id, gmcNumber } }
    return {
      make: () => this.#recommendations.replaceOne({ _id: recommendation._id }, recommendation, { upsert: true }),
      hints: [{ route: 'recommendationChanged', body }],
    }
  }

  #removeDoctor(): Change {
    const _id = this.#any(this.#numbers)
    const make = async () => {
      const found = await this.#doctors.findOne({ _id })
      if (found === null) return
      this.#gone.set(_id, found)
      await this.#doctors.deleteOne({ _id })
    }
    return { make, hints: [ofDoctor(_id, 'delete')] }
  }

  /** A doctor that is gone, or a person that may be. */
  #bringBack(): Change {
    const [back] = this.#gone
    if (back === undefined) {
      const { id, surname, forenames } = this.#any(this.#persons)
      return { make: () => this.#putPerson(id, surname, forenames), hints: [ofTrainee(id)] }
    }
    const [_id, doctor] = back
    const make = async () => {
      await this.#doctors.replaceOne({ _id }, doctor, { upsert: true })
      this.#gone.delete(_id)
    }
    return { make, hints: [ofDoctor(_id, 'insert')] }
  }

  #putPerson(id: number, surname: string, forenames: string): Promise<unknown> {
    return this.#mysql.query('REPLACE INTO ContactDetails (id, surname, forenames) VALUES (?, ?, ?)', [
      id,
      surname,
      forenames,
    ])
  }

  #putNumbers(...numbers: readonly (readonly [number, string])[]): Promise<unknown> {
    return this.#mysql.query('REPLACE INTO GmcDetails (id, gmcNumber) VALUES ?', [numbers])
  }
}

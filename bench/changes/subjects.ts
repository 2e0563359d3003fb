import type { Db } from 'mongodb'
import type { IndexDocument } from '../../src/domain/lists.ts'

/** Where a change is made; each has a channel of its own. */
export const KINDS = ['person', 'doctor', 'recommendation'] as const
export type Kind = (typeof KINDS)[number]

/** A record that the benchmark changes, and the field of the master index that shows it. */
export interface Subject {
  readonly kind: Kind
  /** The person's id in TCS, or the `_id` in MongoDB. */
  readonly id: string
  readonly number: string
  readonly row: string
  readonly field: 'placementGrade' | 'admin' | 'gmcStatus'
}

export interface Change {
  readonly subject: Subject
  /** Ascending over all changes. */
  readonly version: number
  /** What the field shows once it is visible. */
  readonly value: string
}

const NUMBER = /^\d{7}$/
/** The two outcomes that recommendations are changed between, which are as frequent as each other. */
const OTHER_OUTCOME: ReadonlyMap<unknown, string> = new Map([
  ['Rejected', 'Under Review'],
  ['Under Review', 'Rejected'],
])

/**
 * What can be changed so that nothing else changes: each number has one row, no field becomes filled or empty, and no row
 * enters or leaves a list. Otherwise the checks of a run might hold it back.
 */
export async function findSubjects(
  master: readonly IndexDocument[],
  mongodb: Db,
): Promise<Readonly<Record<Kind, readonly Subject[]>>> {
  const ofNumber = Map.groupBy(master, ({ gmcReferenceNumber }) => gmcReferenceNumber)
  const rows = master.filter(
    ({ gmcReferenceNumber: number }) =>
      typeof number === 'string' && NUMBER.test(number) && ofNumber.get(number)?.length === 1,
  )
  const subjects: Record<Kind, Subject[]> = { person: [], doctor: [], recommendation: [] }
  const recommendations = await onlyRecommendations(mongodb)
  for (const shown of rows) {
    const { tcsPersonId, placementGrade, admin, gmcStatus } = shown
    const number = String(shown.gmcReferenceNumber)
    const row = tcsPersonId === undefined ? `gmc-${number}` : `tcs-${tcsPersonId}`
    if (tcsPersonId !== undefined && placementGrade !== undefined) {
      subjects.person.push({ kind: 'person', id: String(tcsPersonId), number, row, field: 'placementGrade' })
    }
    if (admin !== undefined) subjects.doctor.push({ kind: 'doctor', id: number, number, row, field: 'admin' })
    const id = recommendations.get(number)
    if (id !== undefined && OTHER_OUTCOME.has(gmcStatus)) {
      outcomes.set(id, String(gmcStatus))
      subjects.recommendation.push({ kind: 'recommendation', id, number, row, field: 'gmcStatus' })
    }
  }
  return subjects
}

/** The outcome that each recommendation was given last, by id. */
const outcomes = new Map<string, string>()

/** The recommendations of the doctors that have one, by number. */
async function onlyRecommendations(mongodb: Db): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string | null>()
  const documents = mongodb.collection('recommendation').find({}, { projection: { gmcNumber: 1 }, batchSize: 10_000 })
  for await (const { _id, gmcNumber } of documents) {
    const number = String(gmcNumber)
    found.set(number, found.has(number) ? null : String(_id))
  }
  return new Map([...found].flatMap(([number, id]) => (id === null ? [] : [[number, id] as const])))
}

let lastVersion = 0
/** Greater than the grades of demo data. */
const FIRST_GRADE = 1_000_000

function changeOf(subject: Subject): Change {
  lastVersion += 1
  const version = lastVersion
  switch (subject.kind) {
    case 'person':
      return { subject, version, value: String(FIRST_GRADE + version) }
    case 'doctor':
      return { subject, version, value: `changed.${version}@example.nhs.uk` }
    case 'recommendation': {
      const value = OTHER_OUTCOME.get(outcomes.get(subject.id)) ?? 'Rejected'
      outcomes.set(subject.id, value)
      return { subject, version, value }
    }
  }
}

/** The next changes: the three kinds in turn, each subject once before any is changed again. */
export class ChangeSequence {
  readonly #subjects: Readonly<Record<Kind, readonly Subject[]>>
  readonly #watched: readonly Subject[]
  #next = 0
  #nextWatched = 0

  /** `watched` are changed besides, one of them with every second change. */
  constructor(subjects: Readonly<Record<Kind, readonly Subject[]>>, watched: readonly Subject[]) {
    this.#subjects = subjects
    this.#watched = watched
  }

  take(count: number): readonly Change[] {
    return Array.from({ length: count }, () => changeOf(this.#ofKinds()))
  }

  /** The same, but every second one is a change of a watched subject. */
  takeWithWatched(count: number): readonly Change[] {
    return Array.from({ length: count }, (_, at) =>
      changeOf((at % 2 === 0 ? this.#ofWatched() : null) ?? this.#ofKinds()),
    )
  }

  #ofKinds(): Subject {
    const at = this.#next++
    const kind = KINDS[at % KINDS.length] ?? 'person'
    const ofKind = this.#subjects[kind]
    const subject = ofKind[Math.floor(at / KINDS.length) % ofKind.length]
    if (subject === undefined) throw new Error(`no ${kind} to change: use more doctors`)
    return subject
  }

  #ofWatched(): Subject | null {
    return this.#watched[this.#nextWatched++ % this.#watched.length] ?? null
  }
}

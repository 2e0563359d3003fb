import assert from 'node:assert/strict'
import { backendsOf } from '../../../src/app/backends.ts'
import type { Worker } from '../../../src/app/worker.ts'
import { systemClock } from '../../../src/adapters/clock/system.ts'
import type { Day } from '../../../src/domain/day.ts'
import type { StoredDoctor } from '../../../src/domain/doctor.ts'
import type { TcsPerson } from '../../../src/domain/trainee.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import { explain, type ExplainContext } from '../../../src/sync/explain/explain.ts'
import type { Explanation } from '../../../src/sync/explain/explanation.ts'
import { storesOf } from '../../../src/sync/failures/find-failures.ts'
import { runToEnd, until, Workplace, type Owner } from '../../app/job/workplace.ts'
import { fillWith } from '../../contract/source-filling/filling.ts'
import { aMembership, aNumber, aPerson, aRecommendation, aStoredDoctor } from '../../domain/examples.ts'
import { World } from '../refresh/world.ts'

// What support staff are asked about, planted in the sources of one installation. The same situations are the answers of
// docs/support.md.

const SYNCED: Day = '2026-11-25'
const AT = {
  firstSync: Date.UTC(2026, 10, 24, 5, 4, 12),
  lastSync: Date.UTC(2026, 10, 25, 5, 4, 12),
  change: Date.UTC(2026, 10, 26, 10, 58, 3),
  question: Date.UTC(2026, 10, 26, 11, 12),
}

/** A clock whose wall time stands still. A worker that saw it jump would lose its lease, so each time has its own worker. */
function clockAt(now: number): Clock {
  return { ...systemClock, now: () => now }
}

/** The sources of an installation, as its story goes on. */
class Sources {
  readonly #world = new World()

  person(personId: number, surname: string, forenames: string, differing: Partial<TcsPerson> = {}): void {
    const person = aPerson({ personId, surname, forenames, memberships: [aMembership()], ...differing })
    this.#world.happen({ in: 'tcs', personId, person })
  }

  doctor(
    storedId: string,
    doctorLastName: string,
    doctorFirstName: string,
    differing: Partial<StoredDoctor> = {},
  ): void {
    const names = { doctorFirstName, doctorLastName, underNotice: 'NO', designatedBodyCode: '1-1RUZUSF' }
    const stored = aStoredDoctor({ ...names, storedId, ...differing })
    this.#world.happen({ in: 'gmc', storedId, document: { stored, latest: aRecommendation({ outcome: null }) } })
  }

  reason(number: string, reason: string): void {
    this.#world.happen({ in: 'exceptions', number: aNumber(number), reason })
  }

  fill(place: Workplace): Promise<void> {
    return place.fill((sources) => fillWith(sources, this.#world.tables()))
  }
}

const number = (gmcNumber: string) => ({ gmcDetails: { gmcNumber } })
const ending = (programmeEndDate: string) => ({ memberships: [aMembership({ programmeEndDate })] })

/** The doctors that the questions are about, as they were at the first sync. */
function beforeTheFirstSync(sources: Sources): void {
  sources.person(4711, "O'Brien", 'Siân', number('7012345'))
  sources.doctor('7012345', "O'BRIEN", 'SIAN', { designatedBodyCode: null })
  sources.person(4712, 'Okafor', 'Ada', { ...number('7012352'), ...ending('2026-11-25') })
  sources.doctor('7012352', 'OKAFOR', 'ADA')
  sources.person(4721, 'Shah', 'Ben', number('7012369'))
  sources.person(4722, 'Shah', 'Benjamin', number('7012369'))
  sources.doctor('7012369', 'SHAH', 'BENJAMIN')
  sources.person(4731, 'Ansah', 'Zoë', number('7012376'))
  sources.doctor('7012376', 'ANSAH', 'ZOE', { designatedBodyCode: '1-1RSSQ1B' })
  sources.person(4741, 'Smith-Jones', 'Ann', number('7012383'))
  sources.doctor('7012383', 'SMITH', 'ANN')
  const placements = [{ gradeId: '283', dateFrom: '2026-02-30', dateTo: '2027-01-31' }]
  sources.person(4751, 'Patel', 'Ravi', { ...number('7012406'), placements })
  sources.person(4761, 'Lee', 'Kim', number('7012413 (old)'))
  sources.doctor('7012413', 'LEE', 'KIM')
  sources.person(4781, 'Weber', 'Eva', number('7012437'))
  sources.doctor('7012437', 'WEBER', 'EVA')
  sources.reason('7012437', 'Doctor is already associated with your Designated Body')
  const grade = [{ gradeId: '279', dateFrom: '2026-08-05', dateTo: '2027-08-03' }]
  sources.person(4791, 'Rossi', 'Carla', { ...number('7012444'), placements: grade })
  sources.doctor('7012444', 'ROSSI', 'CARLA')
  sources.person(4801, 'Moreau', 'Luc', number('7012482'))
  sources.doctor('7012482', 'MOREAU', 'LUC', { submissionDate: '2026-06-31' })
  // The id of a person, and the number of another doctor.
  sources.person(7012451, 'Adeyemi', 'Tolu', { gmcDetails: null })
  sources.doctor('7012451', 'MOYO', 'GRACE')
}

/** An installation that was synced yesterday, in which the situations are. */
export class Situations {
  readonly place: Workplace
  readonly worker: Worker
  readonly #context: ExplainContext

  private constructor(place: Workplace, worker: Worker, context: ExplainContext) {
    this.place = place
    this.worker = worker
    this.#context = context
  }

  /** Stopped and removed when the test ends. */
  static async make(t: Owner): Promise<Situations> {
    const place = await Workplace.make(t, { REVAL_CHECK_ACCEPT_FAILURES: '10' })
    const sources = new Sources()
    beforeTheFirstSync(sources)
    await sources.fill(place)
    await syncedAt(place, AT.firstSync, '2026-11-24')
    sources.doctor('7012383', 'SMITH', 'ANN', { submissionDate: '2027-03-01' })
    await sources.fill(place)
    await syncedAt(place, AT.lastSync, SYNCED)
    const worker = await startedAt(place, AT.change)
    sources.doctor('7012376', 'ANSAH', 'ZOE', { designatedBodyCode: '1-1RUZUSF' })
    await sources.fill(place)
    await announced(worker, '7012376')
    // Nothing announced these.
    sources.person(4712, 'Okafor', 'Ada', { ...number('7012352'), ...ending('2027-11-25') })
    sources.person(4771, 'Novak', 'Jan', number('7012420'))
    sources.person(4772, 'Test', 'Test', { ...number('7012468'), role: 'Placeholder' })
    sources.reason('7012475', 'Doctor not found')
    await sources.fill(place)
    const opened = await (await backendsOf(place.config)).openSources(place.config)
    t.after(() => opened.close())
    const { ledger, store, settings, broker } = worker.context
    return new Situations(place, worker, {
      ledger,
      store,
      settings,
      clock: clockAt(AT.question),
      sources: { trainees: opened.traineeSource, doctors: opened.doctorSource, exceptions: opened.exceptionSource },
      letters: () => Promise.resolve({ broker, queues: storesOf(worker.context).queues }),
    })
  }

  /** Explains a key, with another context where given. */
  explain(key: string, altered: Partial<ExplainContext> = {}): Promise<Explanation> {
    return explain({ ...this.#context, ...altered }, key)
  }

  get context(): ExplainContext {
    return this.#context
  }
}

function startedAt(place: Workplace, now: number): Promise<Worker> {
  return place.start((backends) => ({ ...backends, clock: clockAt(now) }))
}

async function syncedAt(place: Workplace, now: number, day: Day): Promise<void> {
  const worker = await startedAt(place, now)
  const run = await runToEnd(worker, day)
  assert.equal(run.state, 'live', run.evidence?.refusal?.reason ?? run.failure?.reason)
  await worker.stop()
}

/** Announces a changed doctor, and resolves once the row is refreshed. */
async function announced({ context: { broker } }: Worker, _id: string): Promise<void> {
  const event = { operationType: 'replace', documentKey: { _id } }
  await broker.publish('doctorChanged', { body: Buffer.from(JSON.stringify(event)), attributes: {} })
  await until(async () => {
    const { waiting, unacknowledged } = await broker.depth('doctorChanged')
    return waiting + unacknowledged === 0
  })
}

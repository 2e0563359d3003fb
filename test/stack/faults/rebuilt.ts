import { systemClock } from '../../../src/adapters/clock/system.ts'
import { openMongodbSources } from '../../../src/adapters/sources/mongodb/open.ts'
import { openMysqlTraineeSource } from '../../../src/adapters/sources/mysql/open.ts'
import { readConfig, type Config } from '../../../src/config/config.ts'
import { environment } from '../../../src/config/read-settings.ts'
import { assemble } from '../../../src/domain/assemble.ts'
import type { Day } from '../../../src/domain/day.ts'
import { doctorOf, outcomeOf } from '../../../src/domain/doctor.ts'
import { gmcNumber, type GmcNumber } from '../../../src/domain/gmc-number.ts'
import { belongsTo, byIndex, documentIn, INDEX_NAMES, type IndexName } from '../../../src/domain/lists.ts'
import { NO_NUMBER_PARTS, rowsOfNumber, type NumberParts, type Row } from '../../../src/domain/row.ts'
import { textOrNull } from '../../../src/domain/text.ts'
import { isSelected, traineeOf, type Trainee } from '../../../src/domain/trainee.ts'
import type { Snapshot } from '../../../src/ports/sources.ts'
import { canonical, type Documents } from '../../app/job/workplace.ts'

/** What the sources hold now, for a day. */
interface Contents {
  readonly trainees: readonly Trainee[]
  /** By `_id` as stored, without their reasons. */
  readonly doctors: ReadonlyMap<string, NumberParts>
  readonly reasons: ReadonlyMap<GmcNumber, string>
}

async function all<Row>(opening: Promise<Snapshot<Row>>): Promise<Row[]> {
  await using snapshot = await opening
  return (await Array.fromAsync(snapshot.batches(1_000))).flat()
}

async function contents({ servers: settings, rules }: Config, day: Day): Promise<Contents> {
  const mysql = await openMysqlTraineeSource({ settings, clock: systemClock })
  const mongodb = await openMongodbSources({ settings, clock: systemClock })
  try {
    const persons = await all(mysql.snapshot())
    const doctors = await all(mongodb.doctors.snapshot())
    const reasons = await all(mongodb.exceptions.snapshot())
    return {
      trainees: persons
        .filter((person) => isSelected(person, rules.trainees))
        .map((person) => traineeOf(person, day, rules.bodies)),
      doctors: new Map(
        doctors.map(({ doctor: stored, latest }) => {
          const doctor = doctorOf(stored)
          return [stored.storedId, { doctor, outcome: outcomeOf(doctor.underNotice, latest, day), reason: null }]
        }),
      ),
      reasons: new Map(
        reasons.flatMap(({ storedId, reason }): (readonly [GmcNumber, string])[] => {
          const number = gmcNumber(storedId)
          const text = textOrNull(reason)
          return number === null || text === null ? [] : [[number, text]]
        }),
      ),
    }
  } finally {
    await mysql.close()
    await mongodb.close()
  }
}

function rowsOf({ trainees, doctors, reasons }: Contents): Row[] {
  const ofTrainees = Map.groupBy(trainees, ({ gmcReferenceNumber }) => gmcNumber(gmcReferenceNumber))
  const joined = new Set<string>()
  const rows = [...ofTrainees].flatMap(([number, some]) => {
    if (number === null) return some.flatMap((trainee) => rowsOfNumber([trainee], NO_NUMBER_PARTS))
    joined.add(number)
    return rowsOfNumber(some, { ...(doctors.get(number) ?? NO_NUMBER_PARTS), reason: reasons.get(number) ?? null })
  })
  const alone = [...doctors].filter(([storedId]) => !joined.has(storedId))
  return [
    ...rows,
    ...alone.flatMap(([storedId, parts]) => {
      const number = gmcNumber(storedId)
      return rowsOfNumber([], { ...parts, reason: number === null ? null : (reasons.get(number) ?? null) })
    }),
  ]
}

/** What the five indexes must show on a day: the rules, applied to what the servers of these settings hold now. */
export async function rebuilt(settings: Readonly<Record<string, string>>, day: Day): Promise<Documents> {
  const rows = rowsOf(await contents(readConfig({ ...environment(), ...settings }), day))
  const assembled = rows.map(({ parts }) => assemble(parts))
  const shownIn = (index: IndexName) =>
    assembled
      .filter((document) => belongsTo(index, document, day))
      .map((document) => canonical(documentIn(index, document)))
      .sort()
  return byIndex(shownIn)
}

export interface Difference {
  /** Documents that are missing, or differ. */
  readonly lost: readonly string[]
  /** Documents that should not be there, or differ. */
  readonly surplus: readonly string[]
}

/** How what an installation shows differs from what it must show; both are sorted. */
export function differenceOf(wanted: Documents, found: Documents): Difference {
  const missingFrom = (there: Documents, of: Documents) =>
    INDEX_NAMES.flatMap((index) => {
      const left = Map.groupBy(there[index], (document) => document)
      return of[index].filter((document) => left.get(document)?.pop() === undefined).map((each) => `${index} ${each}`)
    })
  return { lost: missingFrom(found, wanted), surplus: missingFrom(wanted, found) }
}

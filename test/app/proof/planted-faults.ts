import { idOfWrite } from '../../../src/domain/row-differences.ts'
import type { ExceptionRecord, DoctorRecord } from '../../../src/ports/sources.ts'
import type { TcsPerson } from '../../../src/domain/trainee.ts'
import type { StoreWrite } from '../../../src/ports/index-store.ts'
import {
  alteringText,
  encodingRows,
  encodingRowsInAnOlderVersion,
  handingOn,
  inStore,
  inWorkspace,
  losingRow,
  lyingBulk,
  reading,
  repeatingBody,
  type Body,
  type Plant,
} from './plants.ts'

/** A fault in one part of the pipeline, as a row of docs/proof.md. */
export interface PlantedFault {
  readonly part: string
  readonly what: string
  readonly plant: Plant
}

/** The rows that faults of a single row hit. They are not among those that are read back. */
export interface Victims {
  /** A trainee with a doctor. */
  readonly personId: number
  /** A doctor without a trainee. */
  readonly storedId: string
  /** A row with an exception reason. */
  readonly number: string
}

/** The faults of docs/proof.md, in the order of its table. */
export function faultsWith({ personId, storedId, number }: Victims): readonly PlantedFault[] {
  const faults: Record<string, Readonly<Record<string, Plant>>> = {
    source: {
      'a trainee with a doctor is left out': reading<TcsPerson>('traineeSource', (rows) =>
        rows.filter((row) => row.personId !== personId),
      ),
      'a doctor without a trainee is left out': reading<DoctorRecord>('doctorSource', (rows) =>
        rows.filter(({ doctor }) => doctor.storedId !== storedId),
      ),
      'a reason is left out': reading<ExceptionRecord>('exceptionSource', (rows) =>
        rows.filter((row) => row.storedId !== number),
      ),
      'all reasons are left out': reading<ExceptionRecord>('exceptionSource', () => []),
      'half of the trainees are left out': reading<TcsPerson>('traineeSource', half),
      'half of the doctors are left out': reading<DoctorRecord>('doctorSource', half),
      'a trainee is read twice': reading<TcsPerson>('traineeSource', (rows) =>
        rows.flatMap((row) => (row.personId === personId ? [row, row] : [row])),
      ),
      'a doctor is read twice': reading<DoctorRecord>('doctorSource', (rows) =>
        rows.flatMap((row) => (row.doctor.storedId === storedId ? [row, row] : [row])),
      ),
      'a field of all doctors is empty': reading<DoctorRecord>('doctorSource', (rows) =>
        rows.map((row) => ({ ...row, doctor: { ...row.doctor, admin: null } })),
      ),
      'two fields of all trainees are swapped': reading<TcsPerson>('traineeSource', (rows) =>
        rows.map((row) => ({ ...row, surname: row.forenames, forenames: row.surname })),
      ),
    },
    codec: {
      'a field of all trainees is dropped': encodingRows('traineeData', (row) => ({ ...row, programmeName: null })),
      'a field of one doctor is dropped': encodingRows('doctorData', (row) =>
        withDoctor(row, (doctor) =>
          doctor.gmcReferenceNumber === storedId ? { ...doctor, doctorLastName: null } : doctor,
        ),
      ),
      'two fields of all doctors are swapped': encodingRows('doctorData', (row) =>
        withDoctor(row, (doctor) => ({
          ...doctor,
          doctorFirstName: doctor.doctorLastName,
          doctorLastName: doctor.doctorFirstName,
        })),
      ),
      'a field of all trainees is unknown to a sender of an older version': encodingRowsInAnOlderVersion(
        'traineeData',
        (row) => ({ ...row, placementGrade: null }),
      ),
      'a field of one trainee is dropped by a sender of an older version': encodingRowsInAnOlderVersion(
        'traineeData',
        (row) => (row.tcsPersonId === personId ? { ...row, programmeName: null } : row),
      ),
    },
    broker: {
      'a message is lost': handingOn('traineeData', 0),
      'a message is delivered twice': handingOn('doctorData', 2),
      'a letter of a name is altered': alteringText('doctorData', (text) =>
        text.replace(/("doctorLastName":".)./, '$1x'),
      ),
      'a message is cut off': alteringText('doctorData', (text) => text.slice(0, -1)),
      'a message loses a row': losingRow('traineeData'),
      'a message has the body of another': repeatingBody('traineeData'),
    },
    receiver: {
      'a trainee is not kept': inWorkspace({
        addTrainees: (own) => (trainees) => own(trainees.filter(({ tcsPersonId }) => tcsPersonId !== personId)),
      }),
      'a reason is not kept': inWorkspace({
        addReasons: (own) => (reasons) => own(reasons.filter((each) => each.number !== number)),
      }),
      'a doctor is not joined to its trainee': inWorkspace({
        join: (own) => async (doctors) =>
          (await own(doctors)).map((joined) =>
            joined.trainees.some((each) => each.tcsPersonId === personId) ? { ...joined, trainees: [] } : joined,
          ),
      }),
      'a trainee without a doctor is not written': inWorkspace({
        unjoined: (own) => async (after, limit) =>
          after === null ? (await own(after, limit)).slice(1) : own(after, limit),
      }),
    },
    bulk: {
      'a row is dropped and reported as written': lyingBulk((write) =>
        idOfWrite(write) === `tcs-${personId}` ? null : write,
      ),
      'half of each batch is dropped and reported as written': lyingBulk((write, at, of) =>
        at < of / 2 ? write : null,
      ),
      'a field of every row is altered': lyingBulk(withAnotherReason),
      'a field of one row is altered': lyingBulk((write) =>
        idOfWrite(write) === `tcs-${personId}` ? withAnotherReason(write) : write,
      ),
    },
    store: {
      'a list has the wrong filter': inStore(() => ({
        count: (own) => async (generation, day) => {
          const counts = await own(generation, day)
          const { connectedindex, ...indexes } = counts.indexes
          return { ...counts, indexes: { ...indexes, connectedindex: connectedindex - 1 } }
        },
      })),
      'a row is lost after the checks': inStore((store) => ({
        promote: (own) => async (to, from, guard) => {
          const [row] = await store.get(to, [`tcs-${personId}`])
          if (row !== undefined) await store.write(to, [{ op: 'delete', id: row.row.id, token: row.token }], guard)
          await store.makeVisible(to)
          await own(to, from, guard)
        },
      })),
    },
  }
  return Object.entries(faults).flatMap(([part, ofPart]) =>
    Object.entries(ofPart).map(([what, plant]) => ({ part, what, plant })),
  )
}

function half<Row>(rows: readonly Row[]): readonly Row[] {
  return rows.slice(0, rows.length / 2)
}

/** The body of a doctor with its `payload.doctor` altered. */
function withDoctor(row: Body, alter: (doctor: Body) => Body): Body {
  const payload = row.payload as { readonly doctor: Body }
  return { ...row, payload: { ...payload, doctor: alter(payload.doctor) } }
}

function withAnotherReason(write: StoreWrite): StoreWrite {
  if (write.op === 'delete') return write
  return { ...write, row: { ...write.row, parts: { ...write.row.parts, reason: 'another' } } }
}

/** Their names: whom they hit is known only once there are rows. */
export const PLANTED_FAULTS: readonly Omit<PlantedFault, 'plant'>[] = faultsWith({
  personId: 0,
  storedId: '',
  number: '',
}).map(({ part, what }) => ({ part, what }))

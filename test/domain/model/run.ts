import type { Day } from '../../../src/domain/day.ts'
import { Generation } from './generation.ts'
import type { Key } from './key.ts'
import { refresh } from './refresh.ts'
import type { Writer } from './writer.ts'
import { creates, type Work } from './work.ts'
import { Workspace, type DoctorMessage } from './workspace.ts'

export interface RunOrder {
  readonly day: Day
  readonly holdsBack: boolean
  /** Every message is delivered twice. */
  readonly repeats: boolean
}

/** The keys changed since the run began. A key added again while it is refreshed stays. */
export class Journal {
  readonly #keys = new Map<Key, number>()
  #added = 0

  add(keys: Iterable<Key>): void {
    for (const key of keys) this.#keys.set(key, ++this.#added)
  }

  get isEmpty(): boolean {
    return this.#keys.size === 0
  }

  take(limit: number): ReadonlyMap<Key, number> {
    return new Map([...this.#keys].slice(0, limit))
  }

  remove(taken: ReadonlyMap<Key, number>): void {
    for (const [key, added] of taken) if (this.#keys.get(key) === added) this.#keys.delete(key)
  }
}

/** A run: snapshot, catch up, switch. The sources may change between any two rows it reads. */
export function* run(writer: Writer, order: RunOrder): Work {
  const { installation, rules } = writer
  const building = new Generation(order.day, rules)
  installation.building = building
  if (rules.opensJournalFirst) writer.journal = new Journal()
  yield null
  yield* takeSnapshot(writer, building, order)
  if (rules.makesSnapshotVisible) building.makeVisible()
  yield null
  yield* catchUp(writer, building)
  writer.pausesChanges = rules.pausesToSwitch
  while (rules.pausesToSwitch && writer.takesChange) yield null
  yield* catchUp(writer, building)
  if (order.holdsBack) installation.holdBack(building)
  else yield* installation.promote(building)
  writer.journal = null
  writer.pausesChanges = false
}

function* takeSnapshot(writer: Writer, building: Generation, { day, repeats }: RunOrder): Work {
  const { sources } = writer
  const workspace = new Workspace()
  for (const personId of sources.personIds()) {
    const trainee = sources.trainee(personId, day)
    if (trainee !== null) workspace.addTrainee(trainee)
    yield null
  }
  writer.journal ??= new Journal()
  for (const number of sources.numbersWithReason()) {
    const reason = sources.reason(number)
    if (reason !== null) workspace.addReason(number, reason)
    yield null
  }
  const messages: DoctorMessage[] = []
  for (const storedId of sources.documentIds()) {
    // A failed row is not sent.
    const message = sources.doctor(storedId, day)
    if (message !== null) messages.push(message)
    yield null
  }
  for (const message of repeats ? [...messages, ...messages] : messages) {
    yield creates(building, workspace.join(message))
  }
  yield creates(building, workspace.unjoined())
}

function* catchUp({ journal, sources, rules }: Writer, building: Generation): Work {
  while (journal !== null && !journal.isEmpty) {
    const taken = journal.take(2)
    yield* refresh(taken.keys(), building, sources, rules)
    building.makeVisible()
    journal.remove(taken)
    yield null
  }
}

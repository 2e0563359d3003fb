import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Trainee } from '../../../src/domain/trainee.ts'
import { Generation } from './generation.ts'
import { DAYS, HAPPENING } from './happenings.ts'
import { Sources } from './sources.ts'
import { creates } from './work.ts'
import { Workspace, type DoctorMessage } from './workspace.ts'

/** Positions that shuffle messages: each once, and some again at any place. */
const SHUFFLING = fc.array(fc.nat(50), { minLength: 12, maxLength: 12 })

function shuffled<Message>(messages: readonly Message[], positions: readonly number[]): Message[] {
  const result: Message[] = []
  positions.forEach((position, i) => {
    const message = messages[i % Math.max(1, messages.length)]
    if (message !== undefined) result.splice(position % (result.length + 1), 0, message)
  })
  assert.equal(new Set(result).size, messages.length)
  return result
}

function built(trainees: readonly Trainee[], doctors: readonly DoctorMessage[], sources: Sources): Generation {
  const generation = new Generation(DAYS[0])
  const workspace = new Workspace()
  for (const trainee of trainees) workspace.addTrainee(trainee)
  for (const number of sources.numbersWithReason()) {
    const reason = sources.reason(number)
    if (reason !== null) workspace.addReason(number, reason)
  }
  const write = (rows: ReturnType<Workspace['join']>) => {
    for (const sent of creates(generation, rows).writes) generation.write(sent)
  }
  for (const doctor of doctors) write(workspace.join(doctor))
  write(workspace.unjoined())
  return generation
}

test('a snapshot gives the rows of a rebuild, however its messages are duplicated and shuffled', () => {
  fc.assert(
    fc.property(
      fc.array(HAPPENING, { maxLength: 16, size: 'max' }),
      SHUFFLING,
      SHUFFLING,
      (happenings, first, second) => {
        const sources = new Sources()
        for (const happening of happenings) sources.happen(happening)
        const trainees = sources.personIds().flatMap((personId) => sources.trainee(personId, DAYS[0]) ?? [])
        const doctors = sources.documentIds().flatMap((storedId) => sources.doctor(storedId, DAYS[0]) ?? [])
        const rows = sources.rebuild(DAYS[0])
        assert.deepEqual(built(trainees, doctors, sources).rows, rows)
        assert.deepEqual(built(shuffled(trainees, first), shuffled(doctors, second), sources).rows, rows)
      },
    ),
    { numRuns: 800 },
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRunEvents } from '../../../src/sync/events.ts'
import { Gate } from '../../faults/gate.ts'
import { heldBeforeReading, type SourceName } from '../../faults/held-backends.ts'
import { expectedDocuments, startRun, Workplace } from './workplace.ts'

const REPLACED: readonly (readonly [what: string, heldSource: SourceName])[] = [
  ['trainees and doctors', 'doctorSource'],
  ['trainees and the reasons', 'exceptionSource'],
]

for (const [what, held] of REPLACED) {
  test(`sources replaced between ${what}: the run restarts, and its rows are those of the new sources only`, async (t) => {
    const place = await Workplace.make(t)
    await place.makeDemo(60)
    const events = createRunEvents()
    const gate = new Gate()
    const traineesSent = new Promise<void>((resolve) => {
      events.on('claim.ended', ({ claim }) => {
        if (claim.stage === 'trainees') resolve()
      })
    })
    const worker = await place.start((backends) => heldBeforeReading(backends, held, gate), events)
    const { ended } = await startRun(worker)
    await Promise.all([gate.reached, traineesSent])
    await place.loadSample()
    gate.open()
    const run = await ended
    assert.equal(run.state, 'live', run.failure?.reason)
    assert.deepEqual(
      run.restarts.map(({ cause }) => cause),
      ['fault'],
    )
    assert.match(run.restarts[0]?.reason ?? '', /the sources were replaced/)
    assert.deepEqual(await place.documents(), expectedDocuments())
  })
}

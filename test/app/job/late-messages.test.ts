import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeDoctorsEnd } from '../../../src/messages/doctor.ts'
import { encodeHeaders } from '../../../src/messages/headers.ts'
import { createRunEvents } from '../../../src/sync/events.ts'
import { altered } from '../../faults/altered.ts'
import { runToEnd, Workplace } from './workplace.ts'

test('a message that arrives while the writer reads the ledger is counted', async (t) => {
  const place = await Workplace.make(t)
  await place.loadFew()
  const events = createRunEvents()
  let generation = ''
  let run = ''
  events.on('run.pickedUp', (taken) => {
    run = taken.run.id
  })
  events.on('stage.started', (started) => {
    generation = started.run.generation ?? ''
  })
  let looks = 0
  const worker = await place.start((backends) => {
    const late = async (sequence: number) => {
      const seen = new Promise((resolve) => events.once('message.late', resolve))
      const headers = encodeHeaders({
        kind: 'data',
        run,
        generation,
        attempt: 'another',
        sequence,
        rows: 1,
        digest: null,
      })
      await backends.broker.publish('traineeData', { body: encodeDoctorsEnd(), attributes: headers })
      await seen
    }
    const ledger = altered(backends.ledger, {
      read: (own) => async (kind, id) => {
        const found = await own(kind, id)
        // The writer reading the claim of an active sender.
        if (kind === 'claim' && id.includes('/trainees/') && found !== null && looks < 3) await late((looks += 1))
        return found
      },
    })
    return { ...backends, ledger }
  }, events)
  const ended = await runToEnd(worker)
  assert.equal(ended.state, 'live', ended.failure?.reason)
  assert.ok(looks > 0)
  assert.equal(ended.stages.trainees?.lateMessages, looks)
})

test('messages of an ended run do not change the next one', async (t) => {
  const place = await Workplace.make(t, { REVAL_MESSAGE_ROWS: '5' })
  await place.loadFew({ label: 'former' })
  const sent: { readonly body: Uint8Array; readonly attributes: Readonly<Record<string, string>> }[] = []
  const events = createRunEvents()
  const worker = await place.start((backends) => {
    const broker = altered(backends.broker, {
      publish: (own) => async (route, message, signal) => {
        if (route === 'traineeData') sent.push(message)
        await own(route, message, signal)
      },
    })
    return { ...backends, broker }
  }, events)
  const former = await runToEnd(worker)
  const messages = sent.splice(0)
  await place.loadFew({ label: 'new' })
  const late: string[] = []
  events.on('message.late', ({ run }) => late.push(run))
  // In the middle of the next run's own, the end message of the former among them.
  events.on('claim.made', ({ claim }) => {
    if (claim.stage === 'trainees')
      publishing.push(...messages.map((each) => worker.context.broker.publish('traineeData', each)))
  })
  const publishing: Promise<void>[] = []
  const run = await runToEnd(worker)
  await Promise.all(publishing)
  assert.equal(run.state, 'live', run.failure?.reason)
  assert.deepEqual(late, Array(4).fill(former.id), 'all but the end message')
  // They are not messages of this run, which has no late ones.
  assert.equal(run.stages.trainees?.lateMessages, 0)
  assert.doesNotMatch((await place.documents()).masterdoctorindex.join(), /former/)
})

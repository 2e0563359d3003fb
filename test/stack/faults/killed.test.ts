import assert from 'node:assert/strict'
import { before, describe } from 'node:test'
import { STAGE_MOMENTS } from '../takeover/moments.ts'
import { happened, IS_WRITER, runThroughKill, startChild } from '../takeover/writers.ts'
import { FaultPlace } from './fault-place.ts'
import { suiteOwner, trying } from './trying.ts'

const SENDERS = ['tcs', 'recommendation', 'connection'] as const
const STAGES = ['trainees', 'doctors', 'lists'] as const

const CHANGE_MOMENTS = [
  ['before it writes rows', 'store.write before'],
  ['after it wrote rows', 'store.write after'],
  ['before it publishes a changed row', 'broker.publish masterRowChanged before'],
] as const

describe('processes that are killed', () => {
  const owner = suiteOwner()
  let place: FaultPlace
  before(async () => {
    place = await FaultPlace.make(owner, { REVAL_LISTS: 'tables' })
    await place.startLive()
  })

  for (const each of STAGE_MOMENTS) {
    trying({ fault: `integration killed, ${each.where}`, when: each.stage }, async () => {
      const { run, writer, seconds } = await runThroughKill(place.installation, each, place.process('integration'))
      place.has('integration', writer)
      assert.equal(run.state, 'live')
      return { lost: await place.exact(), seconds }
    })
  }

  for (const service of SENDERS) {
    for (const stage of STAGES) {
      trying({ fault: `${service} killed`, when: stage }, async () => {
        const { seconds } = await place.runThrough(stage, () => place.kill(service))
        return { lost: await place.exact(), seconds }
      })
    }
  }

  for (const service of ['integration', ...SENDERS] as const) {
    trying({ fault: `${service} killed`, when: 'changes' }, async () => {
      const seconds = await place.changesThrough(() => place.kill(service))
      return { lost: await place.exact(), seconds }
    })
  }

  for (const [where, moment] of CHANGE_MOMENTS) {
    trying({ fault: `integration killed ${where}`, when: 'changes' }, async () => {
      const happening = { what: 'SIGKILL', moment, nth: 2 }
      const doomed = startChild(place.installation, happening)
      await place.process('integration').stop()
      await doomed.log('the lease', IS_WRITER)
      const seconds = await place.changesThrough(async () => {
        await happened(doomed, happening)
        await place.start('integration')
      })
      assert.equal((await doomed.end()).signal, 'SIGKILL')
      return { lost: await place.exact(), seconds }
    })
  }
})

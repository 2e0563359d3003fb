import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe } from 'node:test'
import { engineProxy, PASSED, type EngineProxy } from '../index-store/engine-proxy.ts'
import { IS_WRITER } from '../takeover/writers.ts'
import { FaultPlace } from './fault-place.ts'
import { suiteOwner, trying } from './trying.ts'

describe('operators and their machines', () => {
  const owner = suiteOwner()
  let place: FaultPlace
  let proxy: EngineProxy
  let scratch: string
  before(async () => {
    scratch = await smallDisk(owner)
    proxy = await engineProxy(owner)
    place = await FaultPlace.make(owner, { REVAL_SCRATCH_DIR: scratch }, () =>
      Promise.resolve({ REVAL_SEARCH_URL: proxy.url }),
    )
    await place.start('tcs', 'recommendation', 'connection')
  })

  trying({ fault: 'two processes and two runs started at once', when: 'requested' }, async () => {
    const { installation } = place
    const both = await Promise.all([installation.start('integration'), installation.start('integration')])
    place.has('integration', both.find(({ logged }) => logged.some(IS_WRITER)) ?? both[0])
    const syncs = [installation.run(['sync']), installation.run(['sync'])]
    const codes = await Promise.all(syncs.map(async (each) => (await each.end()).code))
    assert.deepEqual(codes.toSorted(), [0, 4])
    assert.match(syncs.map(({ complaints }) => complaints).join('\n'), /RUN_IN_PROGRESS/)
    assert.equal(both.filter(({ logged }) => logged.some(IS_WRITER)).length, 1)
    const lost = await place.exact()
    await Promise.all(both.map((each) => each.stop()))
    await place.start('integration')
    return { lost, seconds: null }
  })

  trying({ fault: 'a run started while one is promoted', when: 'promoting' }, async (t) => {
    const { installation } = place
    t.after(() => (proxy.fateOf = () => PASSED))
    const asked = Promise.withResolvers<undefined>()
    const held = Promise.withResolvers<undefined>()
    proxy.fateOf = ({ path, body }) => {
      if (path !== '/_aliases' || !body.includes('masterdoctorindex')) return PASSED
      held.resolve(undefined)
      return { kind: 'delayed', until: asked.promise }
    }
    const sync = installation.run(['sync'])
    await held.promise
    assert.match((await installation.refused('sync')).complaints, /RUN_IN_PROGRESS/)
    asked.resolve(undefined)
    assert.equal((await sync.end()).code, 0, sync.complaints)
    await installation.sync()
    return { lost: await place.exact(), seconds: null }
  })

  for (const when of ['trainees', 'changes'] as const) {
    trying({ fault: 'a run without room on its scratch disk', when }, async (t) => {
      const { installation } = place
      const filler = join(scratch, 'filler')
      t.after(() => rm(filler, { force: true }))
      await fill(filler)
      const refuse = async () => {
        assert.match((await installation.refused('sync')).complaints, /DISK_FULL/)
      }
      const seconds = when === 'changes' ? await place.changesThrough(refuse) : await refuse().then(() => null)
      const lost = await place.exact()
      await rm(filler)
      await installation.sync()
      return { lost: lost + (await place.exact()), seconds }
    })
  }

  trying({ fault: 'a run', when: 'changes' }, async () => {
    const seconds = await place.changesThrough(async () => {
      await place.installation.sync()
    })
    return { lost: await place.exact(), seconds }
  })

  trying({ fault: 'a rollback', when: 'changes' }, async () => {
    const seconds = await place.changesThrough(async () => {
      await place.installation.reval('rollback', '--why', 'a test')
    })
    return { lost: await place.exact(), seconds }
  })
})

/** A file system of a few megabytes, in memory. Only root may mount one. */
async function smallDisk(t: { after(clean: () => Promise<void>): unknown }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reval-small-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder])
  t.after(async () => {
    if (mounted.status === 0) spawnSync('umount', ['--lazy', folder])
    await rm(folder, { recursive: true, force: true })
  })
  assert.equal(mounted.status, 0, `root has to run this: ${String(mounted.stderr)}`)
  return folder
}

/** Fills the disk of a file. */
async function fill(path: string): Promise<void> {
  for (let megabytes = 8; megabytes > 0; megabytes /= 2) {
    await writeFile(path, Buffer.alloc(megabytes * 1_048_576), { flag: 'a' }).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    })
  }
}

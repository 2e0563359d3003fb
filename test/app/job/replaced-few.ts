import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import type { Worker } from '../../../src/app/worker.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import type { Stage } from '../../../src/ports/run-ledger.ts'
import { runToEnd, Workplace, type Documents, type Owner } from './workplace.ts'

/** An installation with a live run, whose sources were replaced since. */
interface Installed {
  /** What is live. */
  readonly former: Documents
  readonly formerGeneration: string
  /** What will be live after an undisturbed run. */
  readonly undisturbed: Documents
  /** A copy of the installation for one test, without a running process. */
  readonly copy: (t: Owner, settings?: Readonly<Record<string, string>>) => Promise<Workplace>
}

interface Started {
  readonly place: Workplace
  readonly worker: Worker
}

/** The installation while the tests of one file run. */
export class ReplacedFew {
  #made: Installed | null = null

  now(): Installed {
    assert.ok(this.#made, 'it is made before the tests run')
    return this.#made
  }

  async make(owner: Owner): Promise<void> {
    const base = await Workplace.make(owner)
    await base.loadFew({ label: 'former' })
    const formerGeneration = await syncIn(base)
    const former = await base.documents()
    await base.loadFew({ label: 'new' })
    const place = await Workplace.copyOf(owner, base)
    await syncIn(place)
    const undisturbed = await place.documents()
    const copy = (t: Owner, settings?: Readonly<Record<string, string>>) => Workplace.copyOf(t, base, settings)
    this.#made = { former, formerGeneration, undisturbed, copy }
  }

  /** A copy with a worker whose backends are altered. */
  async start(
    t: Owner,
    alter: (backends: WorkerBackends) => WorkerBackends,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Started> {
    const quick = { REVAL_MESSAGE_ROWS: '5', REVAL_CLAIM_TIMEOUT_SECONDS: '1' }
    const place = await this.now().copy(t, { ...quick, ...settings })
    return { place, worker: await place.start(alter) }
  }

  /** The next run fails so, what is live stays, and the run after it is live with nothing left behind. */
  async failsOnce({ place, worker }: Started, code: ErrorCode, stage: Stage): Promise<void> {
    const { former, undisturbed } = this.now()
    const run = await runToEnd(worker)
    assert.deepEqual([run.state, run.failure?.code, run.failure?.stage], ['failed', code, stage], run.failure?.reason)
    assert.deepEqual(await place.documents(), former)
    assert.equal((await place.generations()).length, 1)
    const next = await runToEnd(worker)
    assert.equal(next.state, 'live', next.failure?.reason)
    assert.deepEqual(await place.documents(), undisturbed)
  }
}

/** To be called by a test file, once: the installation is there while its tests run. */
export function replacedFew(): ReplacedFew {
  const few = new ReplacedFew()
  const cleaning: (() => Promise<void>)[] = []
  before(() => few.make({ after: (clean) => cleaning.push(clean) }))
  after(async () => {
    for (const clean of cleaning) await clean()
  })
  return few
}

async function syncIn(place: Workplace): Promise<string> {
  const worker = await place.start()
  const { state, generation } = await runToEnd(worker)
  assert.equal(state, 'live')
  await worker.stop()
  return generation ?? ''
}

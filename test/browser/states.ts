import { openConsole } from '../../src/console/console.ts'
import type { FailedRow, Run } from '../../src/ports/run-ledger.ts'
import { newRun } from '../../src/sync/run-state.ts'
import { HttpInstallation } from '../app/http/installation.ts'
import { ask, runToEnd, startRun } from '../app/job/workplace.ts'
import { Gate } from '../faults/gate.ts'
import { heldBeforeReading } from '../faults/held-backends.ts'
import { Outage } from '../faults/outage.ts'

const MARKUP = '<script>alert("data")</script>'
const HOUR_MS = 3_600_000
const MANY = 60

/** An installation in a state that pages have to show. */
export interface State {
  readonly address: string
  /** A run that the state is about, for pages of one run; one that does not exist if there is none. */
  readonly run: string
}

export type StateName = 'empty' | 'live' | 'running' | 'held back' | 'ended badly' | 'many' | 'engine away'

/** Undoes what a state started, when its tests end. */
export interface Owner {
  after(clean: () => unknown): unknown
}

async function installation(
  owner: Owner,
  alter?: Parameters<typeof HttpInstallation.make>[1],
): Promise<HttpInstallation> {
  const settings = { REVAL_CONSOLE_NAME: 'TEST', REVAL_MAX_RESTARTS: '0' }
  return HttpInstallation.make(owner, alter, settings, openConsole)
}

/** Rows that failed, with markup in every text that comes from data. */
async function failures(http: HttpInstallation, run: Run, count: number): Promise<void> {
  const { ledger, clock } = http.worker.context
  const failed = Array.from({ length: count }, (_, index): FailedRow => ({
    run: run.id,
    generation: run.generation ?? '',
    stage: index % 2 === 0 ? 'doctors' : 'trainees',
    at: clock.now() - index * HOUR_MS,
    key: index % 2 === 0 ? `gmc-${7_000_006 + index}` : `tcs-${index + 1}`,
    code: index % 3 === 0 ? 'ROW_DATE_IMPOSSIBLE' : 'ROW_VALUE_UNKNOWN',
    reason: `submissionDate: "${MARKUP}" is not a date`,
  }))
  await ledger.addFailures(failed)
}

const NO_RUN = '20260101t000000-none0000'

/** Makes each state. What it starts is stopped when the suite ends. */
export const STATES: Readonly<Record<StateName, (owner: Owner) => Promise<State>>> = {
  empty: async (owner) => ({ address: (await installation(owner)).server.address, run: NO_RUN }),

  live: async (owner) => {
    const http = await installation(owner)
    await runToEnd(http.worker)
    const run = await runToEnd(http.worker)
    await failures(http, run, 3)
    return { address: http.server.address, run: run.id }
  },

  running: async (owner) => {
    const gate = new Gate()
    owner.after(() => gate.open())
    let isHeld = false
    const http = await installation(owner, (backends) => {
      const held = heldBeforeReading(backends, 'doctorSource', gate)
      const snapshot: typeof backends.doctorSource.snapshot = (...given) =>
        (isHeld ? held : backends).doctorSource.snapshot(...given)
      return {
        ...backends,
        doctorSource: Object.assign(Object.create(backends.doctorSource), { snapshot }) as typeof backends.doctorSource,
      }
    })
    await runToEnd(http.worker)
    isHeld = true
    const { id, ended } = await startRun(http.worker)
    ended.catch(() => undefined)
    await gate.reached
    return { address: http.server.address, run: id }
  },

  'held back': async (owner) => {
    const http = await installation(owner)
    await runToEnd(http.worker)
    const run = await runToEnd(http.worker, undefined, { purpose: 'preview' })
    return { address: http.server.address, run: run.id }
  },

  'ended badly': async (owner) => {
    let isBroken = false
    const http = await installation(owner, (backends) => {
      const outage = new Outage('source')
      const broken = outage.around(backends)
      const snapshot: typeof backends.traineeSource.snapshot = (...given) => {
        if (isBroken) outage.begin()
        return broken.traineeSource.snapshot(...given)
      }
      return {
        ...backends,
        traineeSource: Object.assign(Object.create(backends.traineeSource), {
          snapshot,
        }) as typeof backends.traineeSource,
      }
    })
    await runToEnd(http.worker)
    await runToEnd(http.worker)
    await ask(http.worker, 'rollback')
    isBroken = true
    const run = await runToEnd(http.worker)
    return { address: http.server.address, run: run.id }
  },

  many: async (owner) => {
    const http = await installation(owner)
    const run = await runToEnd(http.worker)
    await failures(http, run, MANY)
    const { ledger, clock } = http.worker.context
    for (let index = 0; index < MANY; index += 1) {
      const requestedAt = clock.now() - (index + 1) * 24 * HOUR_MS
      const past: Run = {
        ...newRun({
          ...run,
          id: `${new Date(requestedAt)
            .toISOString()
            .replace(/[-:]|\..*$/g, '')
            .toLowerCase()}-past${index}`,
          requestedAt,
          requestedBy: MARKUP,
        }),
        state: index % 7 === 0 ? 'failed' : index % 5 === 0 ? 'cancelled' : 'live',
        finishedAt: requestedAt + 20_000 + index * 500,
        stages: run.stages,
        evidence: run.evidence,
        failure: index % 7 === 0 ? { code: 'SOURCE_FAILED', reason: MARKUP, stage: 'trainees' } : null,
      }
      await ledger.save('run', past.id, past, 'new')
    }
    return { address: http.server.address, run: run.id }
  },

  'engine away': async (owner) => {
    const away = [new Outage('ledger'), new Outage('store')]
    const http = await installation(owner, (backends) => away.reduce((each, outage) => outage.around(each), backends))
    owner.after(() => {
      for (const outage of away) outage.end()
    })
    const run = await runToEnd(http.worker)
    for (const outage of away) outage.begin()
    return { address: http.server.address, run: run.id }
  },
}

import { test } from 'node:test'
import { backendsOf } from '../../../src/app/backends.ts'
import { readConfig } from '../../../src/config/config.ts'
import { environment } from '../../../src/config/read-settings.ts'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import { SERVICE_NAMES } from '../../../src/ports/run-ledger.ts'
import { runCases } from '../../app/law/cases.ts'
import { LAW_SETTINGS } from '../../app/law/embedded.ts'
import { LawPlace, type LawBackends } from '../../app/law/law-place.ts'
import type { Happening } from '../../sync/refresh/world.ts'
import { newNamespace } from '../job/namespace.ts'

const count = Number(process.env.LAW_CASES ?? 10)
const seed = Number(process.env.LAW_SEED ?? Math.floor(Math.random() * 1e6))

/** The servers, under names of the test's own. */
async function serversLaw(): Promise<LawBackends> {
  const namespace = await newNamespace()
  const config = readConfig({
    ...environment(),
    ...namespace.environment,
    ...LAW_SETTINGS,
    REVAL_SQS_WAIT_SECONDS: '1',
  })
  const set = await backendsOf(config)
  const backends = await set.openWorker(config, SERVICE_NAMES)
  const readers: { close(): Promise<void> }[] = []
  return {
    config,
    backends,
    openStore: async (): Promise<IndexStore> => {
      const reader = await set.openReader(config)
      readers.push(reader)
      return reader.store
    },
    writeTables: null,
    quietMs: 1_500,
    close: async () => {
      for (const each of [...readers, backends]) await each.close()
      await namespace.remove()
    },
  }
}

/** A column of dates takes no impossible one. */
function withoutImpossibleDates(happening: Happening): Happening {
  if (happening.in !== 'tcs' || happening.person === null) return happening
  const { person } = happening
  const memberships = person.memberships.filter(({ programmeEndDate }) => programmeEndDate !== '2026-02-31')
  return { ...happening, person: { ...person, memberships } }
}

const installed = LawPlace.forFile(seed, serversLaw)

test(`${count} cases (seed ${seed}) on the servers: every kept generation equals a rebuild`, async (t) => {
  await runCases(installed(), { count, seed, storable: withoutImpossibleDates })
  t.diagnostic(JSON.stringify(installed().counts))
})

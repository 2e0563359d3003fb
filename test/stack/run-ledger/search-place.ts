import { randomBytes } from 'node:crypto'
import { Engine } from '../../../src/adapters/opensearch/engine.ts'
import { SEARCH_SETTINGS, type SearchSettings } from '../../../src/adapters/opensearch/settings.ts'
import { aliasOf, LEDGER_INDEXES } from '../../../src/adapters/run-ledger/opensearch/schema.ts'
import { openSearchRunLedger } from '../../../src/adapters/run-ledger/opensearch/open.ts'
import type { RunLedger } from '../../../src/ports/run-ledger.ts'
import type { LedgerPlace } from '../../contract/run-ledger.ts'
import { servers } from '../servers.ts'

/** The engine of the stack, with index names that nobody else has. */
export function settingsOfItsOwn(): SearchSettings {
  const { url, user, password } = servers.search
  const fallbacks = Object.fromEntries(
    Object.entries(SEARCH_SETTINGS).map(([name, { schema, fallback }]) => [name, schema.parse(fallback)]),
  )
  return {
    // Each is what its own schema gave for its fallback.
    ...(fallbacks as unknown as SearchSettings),
    searchUrl: url,
    searchUser: user,
    searchPassword: password,
    searchReplicas: 0,
    searchPrefix: `t${randomBytes(6).toString('hex')}-`,
  }
}

/** Sends one call to the engine, past the ledger. */
export async function ask<Body>(settings: SearchSettings, call: Parameters<Engine['call']>[0]): Promise<Body> {
  const engine = new Engine(settings, 'LEDGER_FAILED')
  try {
    return (await engine.call<Body>(call)).body
  } finally {
    await engine.close()
  }
}

/** Removes what there is of a ledger's indexes. */
export async function removeLedger(settings: SearchSettings): Promise<void> {
  const indexes = LEDGER_INDEXES.map((part) => `${aliasOf(part, settings)}-1`)
  const query = { ignore_unavailable: true }
  await ask(settings, { method: 'DELETE', path: `/${indexes.join(',')}`, query, kind: 'large' })
}

export async function searchPlace(settings: SearchSettings = settingsOfItsOwn()): Promise<LedgerPlace> {
  const opened: RunLedger[] = []
  return {
    open: async () => {
      const ledger = await openSearchRunLedger({ settings })
      opened.push(ledger)
      return ledger
    },
    listsAreCurrent: () => Promise.resolve(),
    dispose: async () => {
      for (const ledger of opened) await ledger.close()
      await removeLedger(settings)
    },
  }
}

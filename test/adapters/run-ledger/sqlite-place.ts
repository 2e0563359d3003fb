import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openRunLedger } from '../../../src/adapters/run-ledger/sqlite/open.ts'
import type { RunLedger } from '../../../src/ports/run-ledger.ts'
import type { LedgerPlace } from '../../contract/run-ledger.ts'

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'reval-ledger-'))
}

/** A directory that is removed after the test. */
export function folderFor(t: TestContext): string {
  const folder = newFolder()
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export async function sqlitePlace(): Promise<LedgerPlace> {
  const folder = newFolder()
  const opened: RunLedger[] = []
  return {
    open: async () => {
      const ledger = await openRunLedger(folder)
      opened.push(ledger)
      return ledger
    },
    listsAreCurrent: async () => undefined,
    dispose: async () => {
      for (const ledger of opened) await ledger.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

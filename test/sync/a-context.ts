import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openInProcessBroker } from '../../src/adapters/broker/in-process/broker.ts'
import { openIndexStore } from '../../src/adapters/index-store/sqlite/open.ts'
import { openRunLedger } from '../../src/adapters/run-ledger/sqlite/open.ts'
import { openRunWorkspaces } from '../../src/adapters/run-workspace/sqlite/open.ts'
import { DEFAULT_LIKENESS } from '../../src/domain/likeness.ts'
import { DEFAULT_TOPOLOGY } from '../../src/messages/topology.ts'
import type { Broker } from '../../src/ports/broker.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { IndexStore } from '../../src/ports/index-store.ts'
import type { RunLedger } from '../../src/ports/run-ledger.ts'
import type { RunWorkspace } from '../../src/ports/run-workspace.ts'
import type { SyncContext, SyncSettings } from '../../src/sync/context.ts'
import { createRunEvents, type RunEventMap } from '../../src/sync/events.ts'
import { ManualClock } from '../clock/manual-clock.ts'

/** A folder for one test, removed when it ends. */
export async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reval-sync-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

/** An empty ledger, which a second process can open in the same folder. */
export async function ledgerFor(t: TestContext, folder?: string): Promise<RunLedger> {
  const ledger = await openRunLedger(folder ?? (await folderFor(t)))
  t.after(() => ledger.close())
  return ledger
}

export async function storeFor(t: TestContext, folder?: string): Promise<IndexStore> {
  const store = await openIndexStore({ directory: folder ?? (await folderFor(t)), ownThread: false })
  t.after(() => store.close())
  return store
}

export async function workspaceFor(t: TestContext): Promise<RunWorkspace> {
  const workspace = await openRunWorkspaces(await folderFor(t)).open()
  t.after(() => workspace.close())
  return workspace
}

export function brokerFor(t: TestContext, clock: Clock): Broker {
  const broker = openInProcessBroker({ topology: DEFAULT_TOPOLOGY, clock })
  t.after(() => broker.close())
  return broker
}

export const SETTINGS: SyncSettings = {
  trainees: 'all',
  bodies: [],
  messageRows: 500,
  messageBytes: 200_000,
  sendAheadBytes: 1_000_000,
  prefetch: 8,
  rowsPerWrite: 1_000,
  leaseMs: 30_000,
  writerLeaseMs: 20_000,
  claimTimeoutMs: 60_000,
  claimTries: 3,
  lists: 'views',
  javaPeers: [],
  maxRestarts: 3,
  maxTakeovers: 10,
  retention: {
    runs: 50,
    runsMs: 0,
    heldBackMs: 0,
    previousMs: 0,
    failuresMs: 30 * 86_400_000,
    auditMs: 730 * 86_400_000,
  },
  liveChanges: true,
  stallMs: 600_000,
  quietMs: 10_000,
  pollMs: 200,
  sourceLagMs: 0,
  verifySettleMs: 0,
  likeness: DEFAULT_LIKENESS,
  unprovedShare: 0.01,
  previewShare: null,
  acceptFailures: 0,
}

/** A context with only the given parts. */
export function aContext<Parts extends Partial<SyncContext>>(parts: Parts) {
  let ids = 0
  return {
    clock: new ManualClock(),
    events: createRunEvents(),
    settings: SETTINGS,
    holder: 'me',
    alone: false,
    newId: () => `id${(ids += 1)}`,
    ...parts,
  }
}

/** The names of the listed events that are emitted, in order. */
export function told({ events }: Pick<SyncContext, 'events'>, ...names: readonly (keyof RunEventMap)[]): string[] {
  const all: string[] = []
  for (const name of names) events.on(name, () => all.push(name))
  return all
}

/** The warnings, in order: what was being done, and the code. */
export function troubles({ events }: Pick<SyncContext, 'events'>): string[] {
  const all: string[] = []
  events.on('warning', ({ doing, error }) => all.push(`${doing}: ${error.code}`))
  return all
}

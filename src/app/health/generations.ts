import type { Day } from '../../domain/day.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { asRevalError } from '../../errors/reval-error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Generation, GenerationId, IndexStore, ListCounts } from '../../ports/index-store.ts'
import type { Installation, Run, RunId, RunLedger } from '../../ports/run-ledger.ts'
import { otherVersion } from '../../sync/generations.ts'
import { readInstallation } from '../../sync/records.ts'
import { Fresh } from './fresh.ts'
import { inTime } from './ping.ts'

export type KeptAs = 'live' | 'previous' | 'held back' | 'building' | 'java'

/** A generation. What could not be read is null; times in milliseconds since the epoch. */
export interface GenerationView {
  readonly generation: GenerationId
  /** Null for one that is not needed any more. */
  readonly keptAs: KeptAs | null
  readonly run: RunId | null
  readonly day: Day | null
  readonly createdAt: number | null
  /** Rows as the checks of its run counted them; while it is being built, as many as there are. */
  readonly rows: number | null
  readonly bytes: number | null
  readonly rulesVersion: number | null
  /** The day that its tables are for, and how many rows each has; null if its lists are views. */
  readonly tables: { readonly day: Day; readonly rows: ListCounts | null } | null
  /** By which other version it was built, in words; null if by this one. */
  readonly otherVersion: string | null
  /** Why it is stale; null if it is not. */
  readonly stale: string | null
}

export interface GenerationsView {
  readonly asOf: number
  readonly generations: readonly GenerationView[]
  /** Free bytes where the next one would be. */
  readonly free: number | null
  /** How many more of the size of the largest fit, with what merging them takes. */
  readonly roomFor: number | null
  /** Why something is unknown; null if everything is known. */
  readonly fault: { readonly code: ErrorCode; readonly reason: string } | null
}

const FRESH_MS = 10_000
/** What a generation takes while it is built, times what it takes in the end. */
const WHILE_BUILDING = 1.5

type Stores = { readonly ledger: RunLedger; readonly store: Pick<IndexStore, 'generations' | 'space' | 'countTables'> }

/** The generations, read when somebody wants to know, at most once in ten seconds. */
export class GenerationsWatch {
  readonly #view: Fresh<GenerationsView>

  constructor(stores: Stores, clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#view = new Fresh(clock, FRESH_MS, async () => readView(stores, clock.now()))
  }

  /** Never rejects, and takes a few seconds at most: what does not answer in time is unknown, with the reason. */
  generationsView(): Promise<GenerationsView> {
    return this.#view.get()
  }
}

async function readView({ ledger, store }: Stores, asOf: number): Promise<GenerationsView> {
  let fault: GenerationsView['fault'] = null
  const unless = async <T>(nothing: T, ask: () => Promise<T>): Promise<T> => {
    try {
      return await inTime(ask)
    } catch (error) {
      const { code, message: reason } = asRevalError(error)
      fault ??= { code, reason }
      return nothing
    }
  }
  const [installation, listed, space] = await Promise.all([
    unless(null, () => readInstallation(ledger)),
    unless<readonly Generation[]>([], () => store.generations()),
    unless({ bytes: {}, free: null }, () => store.space()),
  ])
  const kept = installation === null ? [] : keptIn(installation)
  const runs = await Promise.all(
    kept.map(({ run }) => unless(null, async () => (await ledger.read('run', run))?.value ?? null)),
  )
  const counts = new Map(
    await Promise.all(
      listed
        .filter(({ tableDay }) => tableDay !== undefined)
        .map(async ({ id }) => [id, await unless(null, () => store.countTables(id))] as const),
    ),
  )
  const ids = new Set([...kept.map(({ generation }) => generation), ...listed.map(({ id }) => id)])
  const generations = [...ids].map((id): GenerationView => {
    const at = kept.findIndex(({ generation }) => generation === id)
    const found = listed.find((each) => each.id === id)
    const run = runs[at] ?? null
    return {
      generation: id,
      keptAs: kept[at]?.as ?? null,
      run: kept[at]?.run ?? null,
      day: run?.day ?? null,
      createdAt: found?.createdAt ?? null,
      rows: run === null ? null : rowsOf(run),
      bytes: space.bytes[id] ?? null,
      rulesVersion: found?.assembleVersion ?? null,
      tables: found?.tableDay === undefined ? null : { day: found.tableDay, rows: counts.get(id) ?? null },
      otherVersion: found === undefined ? null : otherVersion(found),
      stale: installation?.stale[id]?.reason ?? null,
    }
  })
  return { asOf, generations, free: space.free, roomFor: roomFor(space), fault }
}

function keptIn({ live, previous, heldBack, building, java }: Installation) {
  const isOnceMore = [live, previous].some((each) => each?.generation === java?.generation)
  const kept = { live, previous, 'held back': heldBack, building, java: isOnceMore ? null : java }
  return (Object.keys(kept) as KeptAs[]).flatMap((as) => {
    const each = kept[as]
    return each === null ? [] : [{ as, ...each }]
  })
}

function rowsOf({ evidence, stages }: Run): number | null {
  if (evidence !== null) return evidence.profile.indexes.masterdoctorindex
  const { rows = null, unjoined = null } = stages.doctors ?? {}
  return rows === null ? null : rows + (unjoined?.written ?? 0)
}

function roomFor({ bytes, free }: { readonly bytes: Readonly<Record<string, number>>; readonly free: number | null }) {
  const largest = Math.max(0, ...Object.values(bytes))
  return free === null || largest === 0 ? null : Math.floor(free / (WHILE_BUILDING * largest))
}

import type { TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import type { Generation, IndexStore } from '../../../src/ports/index-store.ts'
import { TODAY } from '../../domain/examples.ts'
import type { Plant, PlantInTable } from './planting.ts'

/** An index store that no other test uses. */
export interface StorePlace {
  readonly store: IndexStore
  /** Closes the store and reopens it, as the next process would. */
  readonly reopen: () => Promise<IndexStore>
  /** Another process that only reads. */
  readonly openReader: () => Promise<IndexStore>
  /** Another process that writes; null if only one process can. */
  readonly openWriter: (() => Promise<IndexStore>) | null
  /** Removes or damages a generation's storage, as could happen from outside. */
  readonly spoil: (id: string) => Promise<void>
  /** Changes rows as another program could. */
  readonly plant: Plant
  /** Changes tables as another program could. */
  readonly plantInTable: PlantInTable
  /** What the store searches by besides the fields, each with a value that is wrong for every row of the tests. */
  readonly keys: Readonly<Record<string, string | boolean>>
  /** Makes a generation one that another version of the store created, with this layout. Seen by stores opened afterwards. */
  readonly layOut: (id: string, layout: number) => Promise<void>
  /** Closes and removes everything. */
  readonly dispose: () => Promise<void>
}

export type StoreFactory = () => Promise<StorePlace>

/** What differs between stores. */
export interface StoreCapabilities {
  /** `count` includes rows written but not made visible. */
  readonly countsAtOnce: boolean
  /** The rows that the stream of a generation reads at once. */
  readonly rowsAtOnce: number
  /** Reading the documents or rows of a generation completes even if it is dropped meanwhile. */
  readonly readsDropped: boolean
}

/** A place for one test, disposed of afterwards. */
export async function openPlace(t: TestContext, factory: StoreFactory): Promise<StorePlace> {
  const place = await factory()
  t.after(() => place.dispose())
  return place
}

/** A store with an empty generation `g1`. */
export async function openStore(t: TestContext, factory: StoreFactory): Promise<IndexStore> {
  const { store } = await openPlace(t, factory)
  await store.createGeneration(generation('g1'))
  return store
}

export function generation(id: string, createdAt = 1): { id: string; createdAt: number; assembleVersion: number } {
  return { id, createdAt, assembleVersion: ASSEMBLE_VERSION }
}

/** A generation whose lists are tables for `TODAY`. */
export function withTables(id: string, createdAt = 1): Omit<Generation, 'otherLayout' | 'java'> {
  return { ...generation(id, createdAt), tableDay: TODAY }
}

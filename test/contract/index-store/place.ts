import type { TestContext } from 'node:test'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import type { IndexStore } from '../../../src/ports/index-store.ts'

/** An index store of its own, which no other test sees. */
export interface StorePlace {
  readonly store: IndexStore
  /** Closes the store and opens it again, as the next process would. */
  readonly reopen: () => Promise<IndexStore>
  /** Another process that only reads. */
  readonly openReader: () => Promise<IndexStore>
  /** Takes away what the store keeps a generation in, or makes it unreadable, as somebody else could. */
  readonly spoil: (id: string) => Promise<void>
  /** Closes all of it and removes it. */
  readonly dispose: () => Promise<void>
}

export type StoreFactory = () => Promise<StorePlace>

/** What one store does and another does not. */
export interface StoreCapabilities {
  /** `count` counts what was written before it is made visible. */
  readonly countsAtOnce: boolean
  /** Who reads the documents of a generation comes to their end although it is dropped meanwhile. */
  readonly readsDropped: boolean
}

/** A place for one test, disposed of when it ends. */
export async function openPlace(t: TestContext, factory: StoreFactory): Promise<StorePlace> {
  const place = await factory()
  t.after(() => place.dispose())
  return place
}

/** A store with one empty generation `g1`. */
export async function openStore(t: TestContext, factory: StoreFactory): Promise<IndexStore> {
  const { store } = await openPlace(t, factory)
  await store.createGeneration(generation('g1'))
  return store
}

export function generation(id: string, createdAt = 1): { id: string; createdAt: number; assembleVersion: number } {
  return { id, createdAt, assembleVersion: ASSEMBLE_VERSION }
}

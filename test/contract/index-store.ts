import { guarding } from './index-store/guarding.ts'
import { likeAModel } from './index-store/like-a-model.ts'
import { naming } from './index-store/naming.ts'
import type { StoreCapabilities, StoreFactory } from './index-store/place.ts'
import { profiling } from './index-store/profiling.ts'
import { reading } from './index-store/reading.ts'
import { scanning } from './index-store/scanning.ts'
import { searching } from './index-store/searching.ts'
import { showing } from './index-store/showing.ts'
import { tables } from './index-store/tables.ts'
import { takingOver } from './index-store/taking-over.ts'
import { writing } from './index-store/writing.ts'

export type { StoreCapabilities, StoreFactory, StorePlace } from './index-store/place.ts'

/** What every IndexStore does. */
export function indexStoreContract(factory: StoreFactory, capabilities: StoreCapabilities): void {
  writing(factory)
  searching(factory)
  showing(factory, capabilities)
  naming(factory)
  guarding(factory)
  takingOver(factory)
  reading(factory, capabilities)
  scanning(factory, capabilities)
  profiling(factory)
  likeAModel(factory)
  tables(factory)
}

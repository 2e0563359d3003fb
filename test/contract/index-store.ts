import { likeAModel } from './index-store/model.ts'
import { naming } from './index-store/naming.ts'
import type { StoreCapabilities, StoreFactory } from './index-store/place.ts'
import { searching } from './index-store/searching.ts'
import { showing } from './index-store/showing.ts'
import { writing } from './index-store/writing.ts'

export type { StoreCapabilities, StoreFactory, StorePlace } from './index-store/place.ts'

/** What every IndexStore does. */
export function indexStoreContract(factory: StoreFactory, capabilities: StoreCapabilities): void {
  writing(factory)
  searching(factory)
  showing(factory, capabilities)
  naming(factory)
  likeAModel(factory)
}

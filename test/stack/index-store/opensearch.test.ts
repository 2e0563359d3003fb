import { indexStoreContract } from '../../contract/index-store.ts'
import { searchPlace } from './search-place.ts'

indexStoreContract(() => searchPlace(), { countsAtOnce: false, rowsAtOnce: 10_000, readsDropped: false })

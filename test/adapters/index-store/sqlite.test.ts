import { indexStoreContract } from '../../contract/index-store.ts'
import { sqlitePlace } from './sqlite-place.ts'

indexStoreContract(() => sqlitePlace(), { countsAtOnce: true, rowsAtOnce: 500, readsDropped: true })

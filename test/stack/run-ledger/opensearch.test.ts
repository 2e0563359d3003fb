import { runLedgerContract } from '../../contract/run-ledger.ts'
import { searchPlace } from './search-place.ts'

runLedgerContract(() => searchPlace(), { listsLag: false })

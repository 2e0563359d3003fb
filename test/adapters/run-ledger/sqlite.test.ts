import { runLedgerContract } from '../../contract/run-ledger.ts'
import { sqlitePlace } from './sqlite-place.ts'

runLedgerContract(sqlitePlace, { listsLag: false })

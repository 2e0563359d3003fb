import { sourcesContract } from '../../contract/sources.ts'
import { newPlace } from './data-directory.ts'

sourcesContract(newPlace, { keepsSnapshots: true, knowsEditions: true, ordersByNumber: true })

import { sourcesContract } from '../../contract/sources.ts'
import { newPlace } from './server-place.ts'

sourcesContract(newPlace, { keepsSnapshots: ['trainees'], knowsEditions: false, ordersByNumber: false })

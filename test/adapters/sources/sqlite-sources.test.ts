import { sourcesContract } from '../../contract/sources.ts'
import { newPlace } from './data-directory.ts'

sourcesContract(newPlace, {
  keepsSnapshots: ['trainees', 'doctors', 'exceptions'],
  knowsEditions: true,
  ordersByNumber: true,
})

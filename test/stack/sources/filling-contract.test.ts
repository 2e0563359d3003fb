import { sourceFillingContract } from '../../contract/source-filling.ts'
import { newPlace } from './server-place.ts'

sourceFillingContract(newPlace)

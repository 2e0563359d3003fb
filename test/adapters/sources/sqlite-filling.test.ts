import { sourceFillingContract } from '../../contract/source-filling.ts'
import { newPlace } from './data-directory.ts'

sourceFillingContract(newPlace)

import { listReaderContract } from '../../contract/list-reader.ts'
import { searchListPlace } from './list-place.ts'

// So few rows a search that a list of a thousand rows is read from both ends, and in hops.
listReaderContract(() => searchListPlace(100))

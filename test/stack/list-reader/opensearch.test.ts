import { listReaderContract } from '../../contract/list-reader.ts'
import { LOWERED_WINDOW } from '../../contract/list-reader/paging-deep.ts'
import { searchListPlace } from './list-place.ts'

// So few rows a search that lists are read from both ends, and in hops.
listReaderContract(() => searchListPlace(LOWERED_WINDOW))

import { GenerationWriter } from '../../src/adapters/index-store/sqlite/generation-writer.ts'
import { LIST_COLUMNS } from '../../src/adapters/index-store/sqlite/list-columns.ts'
import { ListKeys } from '../../src/adapters/index-store/sqlite/list-keys.ts'

// Imported before a run, in each of its threads: rows are written without what lists are read from, which are empty then.

const NONE = LIST_COLUMNS.map(() => null)

ListKeys.prototype.of = () => NONE
GenerationWriter.prototype.makeReadable = () => undefined

import { GenerationWriter } from '../../src/adapters/index-store/sqlite/generation-writer.ts'
import { Listed } from '../../src/adapters/index-store/sqlite/listed-rows.ts'

// Imported before a run, in each of its threads: rows are written without what lists are read from. Its lists are empty.

Listed.prototype.around = (rows) => rows
GenerationWriter.prototype.makeReadable = () => undefined

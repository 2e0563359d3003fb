import { openFillableSources } from '../../../src/adapters/sources/sqlite/fillable-sources.ts'

// Starts to fill the sources in a directory, prints a line, and waits to be killed.
const [, , directory = ''] = process.argv
const filling = await openFillableSources({ directory }).begin()
await filling.add('Person', [{ line: 2, values: { id: 1, role: null } }])
process.send?.('filling')
process.on('disconnect', () => process.exit())

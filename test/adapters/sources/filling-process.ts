import { openFillableSources } from '../../../src/adapters/sources/sqlite/index.ts'

// A process that begins to fill the sources of a folder, says so, and waits to be killed.
const [, , directory = ''] = process.argv
const filling = await openFillableSources({ directory }).begin()
await filling.add('Person', [{ line: 2, values: { id: 1, role: null } }])
process.send?.('filling')
process.on('disconnect', () => process.exit())

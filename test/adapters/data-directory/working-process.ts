import { openDataDirectory } from '../../../src/adapters/data-directory/data-directory.ts'

/** Becomes the worker of a directory, prints a line, and runs until killed. */
await openDataDirectory(process.argv[2] ?? '', { role: 'worker' })
console.log('working')
process.stdin.resume()

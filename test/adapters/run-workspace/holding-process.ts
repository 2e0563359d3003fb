import { readdirSync } from 'node:fs'
import { openRunWorkspaces } from '../../../src/adapters/run-workspace/sqlite/open.ts'
import { thousand } from '../../contract/run-workspace/keeping.ts'

/** Fills a workspace in a directory, prints the directory's contents, and runs until killed. */
const folder = process.argv[2] ?? ''
const workspace = await openRunWorkspaces(folder).open()
for (let from = 0; from < 20_000; from += 1_000) await workspace.addTrainees(thousand(from))
console.log(JSON.stringify({ trainees: await workspace.countTrainees(), files: readdirSync(folder) }))
process.stdin.resume()

import { inspectWorkspace } from '../../../src/adapters/run-workspace/sqlite/inspect.ts'
import { openRunWorkspaces } from '../../../src/adapters/run-workspace/sqlite/open.ts'
import { asRevalError } from '../../../src/errors/reval-error.ts'

/** Tries to open a workspace in a directory, and prints the resulting code and the inspection's findings. */
const folder = process.argv[2] ?? ''
const code = await openRunWorkspaces(folder)
  .open()
  .then(
    () => 'opened',
    (error: unknown) => asRevalError(error).code,
  )
console.log(JSON.stringify({ code, statuses: (await inspectWorkspace(folder)).map(({ status }) => status) }))

import { ofThisProcess } from '../../../src/cli/invocation.ts'
import { runProgram } from '../../../src/cli/program.ts'

// Runs commands one after the other with an umask, each given as JSON: a process of its own for each would take four times as
// long.
const [umask = '', ...commands] = process.argv.slice(2)
process.umask(umask)
for (const command of commands) {
  process.exitCode = await runProgram(JSON.parse(command) as string[], ofThisProcess())
  if (process.exitCode !== 0) break
}

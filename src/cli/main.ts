import { ofThisProcess } from './invocation.ts'
import { runProgram } from './program.ts'

process.exitCode = await runProgram(process.argv.slice(2), ofThisProcess())

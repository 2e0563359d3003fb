import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startCollector } from './collector.ts'
import { traceText } from './trace-text.ts'

/** The port on which collectors listen. */
const PORT = 4318

/**
 * `npm run trace -- <command>`: runs the command, which gets REVAL_TRACES, and prints its traces as text. Without a command:
 * receives traces on port 4318 until Ctrl-C.
 */
const [command, ...args] = process.argv.slice(2)
await using collector = await startCollector(command === undefined ? PORT : 0)
if (command === undefined) {
  process.stderr.write(`set REVAL_TRACES=${collector.url}; Ctrl-C prints the traces\n`)
  await once(process, 'SIGINT')
} else {
  const child = spawn(command, args, { stdio: ['ignore', 2, 2], env: { ...process.env, REVAL_TRACES: collector.url } })
  await once(child, 'close')
  process.exitCode = child.exitCode ?? 1
}
for (const spans of Map.groupBy(collector.spans, ({ traceId }) => traceId).values()) {
  process.stdout.write(`${traceText(spans)}\n`)
}

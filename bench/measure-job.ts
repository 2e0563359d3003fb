import { environment } from '../src/config/read-settings.ts'
import { readConfig } from '../src/config/config.ts'
import { createOutput } from '../src/cli/output.ts'
import { StandardStreams } from '../src/cli/standard-streams.ts'
import { runJob } from '../src/cli/run-job.ts'

/** Runs the job on the sources in REVAL_DATA_DIR, and prints its measurements as one line of JSON. */
const config = readConfig({ REVAL_LOG_LEVEL: 'error', ...environment() })
const started = performance.now()
const cpu = process.cpuUsage()
const streams = new StandardStreams(process.stdout, process.stderr)
const { signal } = new AbortController()
const run = await runJob({ config, remote: null, output: createOutput(streams, { json: true }), signal })
const seconds = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage(cpu)
const { maxRSS } = process.resourceUsage()
if (run.state !== 'live') throw new Error(`the run is ${run.state}: ${run.failure?.reason ?? ''}`)
const stages = Object.fromEntries(run.stages.map(({ stage, seconds: took, rows }) => [stage, { took, rows }]))
console.log(
  JSON.stringify({
    seconds,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: maxRSS / 1024,
    stages,
    counts: run.evidence?.profile,
  }),
)

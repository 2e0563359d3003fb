import { Command } from 'commander'
import type * as z from 'zod'
import { newSeed, SEEDS } from '../../app/sample-order.ts'
import { RevalError } from '../../errors/reval-error.ts'
import type { RunView } from '../../app/run-view.ts'
import type { VerificationView } from '../../app/verification-view.ts'
import { VERIFIED } from '../../app/json/differences.ts'
import type { Repair } from '../../ports/run-ledger.ts'
import type { Finding } from '../../ports/verification.ts'
import { FoundRows, MOST_FINDINGS, readFindings, remaining } from '../../sync/verify/findings.ts'
import { withReader } from '../backends.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { COMPARED } from '../exit-status.ts'
import { path } from '../remote/remote-installation.ts'
import { sampleJob } from '../sample-job.ts'
import { sampleLines } from '../sample-text.ts'
import { verifyJob } from '../verify-job.ts'
import { verifyLines } from '../verify-text.ts'
import { wholeNumber } from './demo-data.ts'

const MOST_SAMPLED = 1_000_000

/** The most findings that the route answers with at once. */
const MOST_OF_PAGE = 10_000

interface VerifyOptions {
  readonly repair?: boolean
  readonly rows?: boolean
  readonly sample?: number
  readonly seed?: number
  readonly limit: number
  readonly json?: boolean
  readonly dataDir?: string
}

function repairOf({ repair = false, rows = false }: VerifyOptions): Repair | null {
  if (rows && !repair) throw new RevalError('USAGE', '--rows needs --repair')
  if (!repair) return null
  return rows ? 'rows' : 'promote'
}

/** The result. Throws why there is none. */
function resultOf({ id, state, failure, verification }: RunView): VerificationView {
  if (verification !== null) return verification
  throw new RevalError(failure?.code ?? 'INTERNAL', failure?.reason ?? `run ${id} is ${state}`, {
    details: { run: id },
  })
}

/** As `diff` would say it: the rows that live lacks, those that only live has, and those that differ. */
function differencesOf(findings: readonly Finding[]) {
  const ofLive = findings.filter(({ list }) => list === null)
  const ids = (kind: Finding['kind']) => ofLive.flatMap((each) => (each.kind === kind ? [each.id] : []))
  const different = ofLive.filter(({ kind }) => kind === 'different')
  return {
    missing: ids('missing'),
    surplus: ids('surplus'),
    different: different.map(({ id, fields }) => ({ id, fields })),
    tables: findings.flatMap(({ list, id, kind, fields }) => (list === null ? [] : [{ list, id, kind, fields }])),
  }
}

/** Checks random keys instead of building all rows. */
async function verifySample(context: CommandContext, size: number, options: VerifyOptions): Promise<void> {
  const { output, exitWith } = context
  const drawing = { size, seed: options.seed ?? newSeed() }
  const result = await sampleJob(context, drawing)
  const found = new FoundRows()
  found.add(result.differences)
  const limit = output.json ? MOST_FINDINGS : options.limit
  const all = [...found.listed, ...(result.tables ?? [])]
  const findings = all.slice(0, limit)
  output.print(differencesOf(findings), sampleLines(result, drawing, findings))
  exitWith(all.length === 0 ? COMPARED.same : COMPARED.different)
}

/** The first findings of a verification, by id. */
async function findingsOf(
  { config, remote }: CommandContext,
  result: VerificationView,
  limit: number,
): Promise<readonly Finding[]> {
  if (remote === null) return withReader(config, ({ ledger }) => readFindings(ledger, result, { limit }))
  const found: Finding[] = []
  for (let skip: number | null = 0; skip !== null && found.length < limit;) {
    const query = { skip, limit: Math.min(MOST_OF_PAGE, limit - found.length) }
    const page: z.infer<typeof VERIFIED> = await remote.get(path`/api/sync/verify/${result.run}`, VERIFIED, query)
    found.push(...page.findings)
    skip = page.next
  }
  return found
}

async function verify(context: CommandContext, options: VerifyOptions): Promise<void> {
  const { sample, repair: isRepair = false, rows = false } = options
  if (sample === undefined && options.seed !== undefined) throw new RevalError('USAGE', '--seed needs --sample')
  if (sample !== undefined) {
    if (context.remote !== null)
      throw new RevalError('USAGE', '--sample reads the sources from here, so it cannot work with --url or REVAL_URL')
    if (isRepair || rows) throw new RevalError('USAGE', '--sample repairs nothing: use reval resync, or --repair alone')
    return verifySample(context, sample, options)
  }
  const { output, exitWith } = context
  const repair = repairOf(options)
  const run = await verifyJob(context, repair)
  const result = resultOf(run)
  const limit = output.json ? MOST_FINDINGS : options.limit
  const findings = await findingsOf(context, result, limit)
  output.print(differencesOf(findings), verifyLines(result, findings))
  if (run.failure !== null) throw new RevalError(run.failure.code, run.failure.reason, { details: { run: run.id } })
  exitWith(remaining(result) === 0 ? COMPARED.same : COMPARED.different)
}

export const verifyCommand = (): Command =>
  command<VerifyOptions>(
    new Command('verify')
      .summary('Build all rows from the sources again and compare live with them')
      .description(
        'Build all rows from the sources again, for the day of live, and compare live with them. Exits with 0 if nothing differs, 1 if something does, 2 if it is not known',
      )
      .option('--repair', 'if something differs, promote what was built; exits with 0 if nothing differs any more')
      .option('--rows', 'with --repair: refresh only the rows that differ, and promote nothing')
      .option(
        '--sample <n>',
        'build nothing: check n random rows of live, n persons of TCS and n GMC documents',
        wholeNumber(1, MOST_SAMPLED),
      )
      .option('--seed <s>', 'with --sample: the same seed draws the same keys', wholeNumber(0, SEEDS - 1))
      .option('--limit <n>', 'maximum number of rows in the text', wholeNumber(0, MOST_FINDINGS), 20)
      .addOption(JSON_OUTPUT)
      .addHelpText(
        'after',
        `
On servers, the running integration service verifies; on embedded backends this process does, unless the services run. A row
that differs is checked again once changes on their way have arrived, which takes a minute on servers. Where lists are
tables, each is compared with the master of live, and --repair --rows makes it like that.
The result is kept: reval status shows the last one. --json lists the first ${MOST_FINDINGS.toLocaleString('en-GB')} rows that differed, repaired or not.`,
      ),
    verify,
    { remote: true, defaults: { REVAL_LOG_LEVEL: 'warn' }, failureStatus: COMPARED.unknown },
  )

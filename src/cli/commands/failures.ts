import { Command, Option } from 'commander'
import { backendsOf } from '../../app/backends.ts'
import { failureListView, failureView } from '../../app/failure-view.ts'
import { DISCARDED, FAILURE_LIST, REPLAYED, SHOWN_FAILURE } from '../../app/json/failures.ts'
import { onlyOne } from '../../app/only-one.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { FAILURE_STAGES } from '../../ports/run-ledger.ts'
import { discardFailures } from '../../sync/failures/discard.ts'
import {
  CONSUMED_QUEUES,
  listFailures,
  type FailureSelection,
  type FailureStores,
} from '../../sync/failures/find-failures.ts'
import { replayFailures } from '../../sync/failures/replay.ts'
import { showFailure } from '../../sync/failures/show-failure.ts'
import { readDecisions } from '../../sync/lead/failure-decisions.ts'
import type { ReaderBackends } from '../../app/backends.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { audited } from '../audited.ts'
import { withReader } from '../backends.ts'
import { decisionLines, failureLines, replayedLines, shownLines } from '../failure-text.ts'
import { count } from '../output.ts'
import { path, WRITER_ANSWER_MS } from '../remote/remote-installation.ts'
import { resyncJob } from '../resync-job.ts'
import { show, WATCH } from '../watch.ts'
import { wholeNumber } from './demo-data.ts'

interface Shared {
  readonly json?: boolean
  readonly dataDir?: string
}

interface Selecting extends Shared {
  readonly code?: string
  readonly all?: true
  readonly why?: string
}

const READS_DEAD_LETTERS = {
  roles: () => ['dead letter reader'] as const,
  defaults: { REVAL_LOG_LEVEL: 'warn' },
  remote: true,
} as const

/** Opens the ledger, and the broker for its dead letters if they can be reached from here; closes both. */
function withStores<T>(
  { config, output }: CommandContext,
  action: (stores: FailureStores & Pick<ReaderBackends, 'clock'>) => Promise<T>,
): Promise<T> {
  return withReader(config, async (reader) => {
    const { ledger, clock } = reader
    const broker = await (await backendsOf(config)).openBroker(config)
    try {
      if (broker === null && (await reader.hasActiveWriter())) {
        output.note(
          'Dead letters are not listed: only the process that runs the services has them. See GET /api/sync/failures',
        )
      }
      return await action({ ledger, clock, broker, queues: CONSUMED_QUEUES })
    } finally {
      await broker?.close()
    }
  })
}

function selectionOf(ids: readonly string[], { code, all }: Selecting): FailureSelection {
  return onlyOne<FailureSelection>('ids, --code, --all', [
    ids.length > 0 && { ids },
    code !== undefined && { code },
    all && { all },
  ])
}

const selecting = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .argument('[ids...]', 'ids as listed')
    .option('--code <code>', 'all failures with this code')
    .option('--all', 'all failures')
    .addOption(JSON_OUTPUT)

interface ListOptions extends Shared {
  readonly stage?: string
  readonly channel?: string
  readonly code?: string
  readonly limit: number
  readonly watch?: boolean
}

const listCommand = (): Command =>
  command<ListOptions>(
    new Command('list')
      .description('List the failed rows of the live generation and of the run in progress, and all dead letters')
      .addOption(new Option('--stage <stage>', 'failed rows of a stage').choices(FAILURE_STAGES).conflicts('channel'))
      .addOption(new Option('--channel <queue>', 'dead letters of a queue').choices(CONSUMED_QUEUES))
      .option('--code <code>', 'only failures with this code')
      .option('--limit <n>', 'maximum number of failures', wholeNumber(1, 10_000), 100)
      .addOption(WATCH)
      .addOption(JSON_OUTPUT),
    (context, { stage, channel, code, limit, watch }) =>
      show(context, watch, async () => {
        const value = await (context.remote?.get('/api/sync/failures', FAILURE_LIST, { stage, channel, code, limit }) ??
          withStores(context, async (stores) => {
            const listed = await listFailures(stores, { place: stage ?? channel ?? null, code: code ?? null, limit })
            const decisions = await readDecisions(stores.ledger)
            return { ...failureListView(listed), decisions: decisions.slice(0, limit) }
          }))
        return { value, lines: [...failureLines(value), ...decisionLines(value.decisions)] }
      }),
    READS_DEAD_LETTERS,
  )

const showCommand = (): Command =>
  command<Shared & { unmasked?: boolean }>(
    new Command('show')
      .description('Show one failure, and the message of a dead letter')
      .argument('<id>', 'id as listed')
      .option('--unmasked', 'show values, which may be personal data')
      .addOption(JSON_OUTPUT),
    async (context, { unmasked = false }, [id = '']) => {
      const view = await (context.remote?.get(pathOf(id), SHOWN_FAILURE, { unmasked }) ??
        withStores(context, async (stores) => {
          const audit = { what: 'reval failures show', subject: { id, unmasked } } as const
          return failureView(await audited(stores, audit, () => showFailure(stores, id, { unmasked })))
        }))
      context.output.print(view, shownLines(view))
    },
    READS_DEAD_LETTERS,
  )

/** The route of a failure, whose id is `<place>/<key>`. */
function pathOf(id: string): string {
  const [, place = '', key = ''] = /^([^/]+)\/(.+)$/s.exec(id) ?? []
  if (key === '') throw new RevalError('FAILURE_UNKNOWN', `no such failure: ${id}`)
  return path`/api/sync/failures/${place}/${key}`
}

const replayCommand = (): Command =>
  command<Selecting>(
    selecting(
      'replay',
      'Read the rows of failures from the sources again, and remove the failures whose rows are right now',
    ).option('--why <reason>', 'reason, recorded in the ledger'),
    async (context, options, ids) => {
      const [by, why] = ['reval failures replay', options.why ?? '']
      const selection = selectionOf(ids, options)
      const asked = { ...selection, why }
      const view = await (context.remote?.post('/api/sync/failures/replay', REPLAYED, asked, WRITER_ANSWER_MS) ??
        withStores(context, async (stores) => {
          const resync = {
            by,
            why,
            resync: (scope: Parameters<typeof resyncJob>[1]['scope']) => resyncJob(context, { scope, by, why }, null),
          }
          const audit = { what: 'reval failures replay', subject: selection, why } as const
          return { replayed: await audited(stores, audit, () => replayFailures(stores, selection, resync)) }
        }))
      context.output.print(view, replayedLines(view.replayed))
    },
    READS_DEAD_LETTERS,
  )

const discardCommand = (): Command =>
  command<Selecting>(
    selecting('discard', 'Remove failures for good').requiredOption(
      '--why <reason>',
      'reason, recorded in the ledger (required)',
    ),
    async (context, options, ids) => {
      const decision = { by: 'reval failures discard', why: options.why ?? '' }
      const { why } = decision
      const selection = selectionOf(ids, options)
      const asked = { ...selection, why }
      const view = await (context.remote?.post('/api/sync/failures/discard', DISCARDED, asked) ??
        withStores(context, async (stores) => {
          const audit = { what: 'reval failures discard', subject: selection, why } as const
          const discarded = await audited(stores, audit, () => discardFailures(stores, selection, decision))
          return { discarded: discarded.map(failureView) }
        }))
      const lines = view.discarded.map(({ id }) => `discarded ${id}`)
      context.output.print(view, [...lines, `${count(lines.length)} discarded`])
    },
    READS_DEAD_LETTERS,
  )

export const failuresCommand = (): Command =>
  new Command('failures')
    .description('Failed rows and dead letters: list, show, replay, discard')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(replayCommand())
    .addCommand(discardCommand())

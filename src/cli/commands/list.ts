import { Command, InvalidArgumentError, Option } from 'commander'
import { listCsv } from '../../app/lists/list-csv.ts'
import { liveLists } from '../../app/lists/open-lists.ts'
import { PAGE_SIZE, type ListRequest } from '../../app/lists/list-request.ts'
import { filterNamesOf } from '../../app/lists/filters.ts'
import { quoted, typed } from '../../app/lists/parameter.ts'
import type { LiveLists } from '../../app/lists/live-lists.ts'
import { sortColumnsOf } from '../../app/lists/sort-columns.ts'
import { LISTED, type ListedView } from '../../app/json/lists.ts'
import { liveView, readListed } from '../../app/list-view.ts'
import { LISTS, type ListName } from '../../domain/list-query.ts'
import { INDEX_NAMES, type IndexName } from '../../domain/lists.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { refuseUnknownLive } from '../../sync/lead/adopt-live.ts'
import { audited, type DownloadRecord } from '../audited.ts'
import { withReader } from '../backends.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { bodyOption, typedRequest } from '../list-options.ts'
import { listedLines, liveLine, unknownBodyLines } from '../list-text.ts'
import type { Output } from '../output.ts'
import { path, type RemoteInstallation } from '../remote/remote-installation.ts'
import { searchedFor, shownRows, writeCsv } from '../look-ups.ts'
import { wholeNumber } from './demo-data.ts'

type Filters = Readonly<Record<string, string>>

interface ListOptions {
  readonly search?: string
  readonly body?: readonly string[]
  readonly filter?: Filters
  readonly sort?: string
  readonly descending?: boolean
  readonly page: number
  readonly size: number
  readonly csv?: boolean
  readonly json?: boolean
  readonly dataDir?: string
}

function filter(text: string, before: Filters = {}): Filters {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Expected <name>=<value>.')
  const name = text.slice(0, at)
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} is given twice.`)
  return { ...before, [name]: text.slice(at + 1) }
}

/** Engineers know the lists by the names of their indexes. */
const LIST_OF: Readonly<Record<IndexName, ListName>> = {
  masterdoctorindex: 'all',
  recommendationindex: 'doctors',
  connectedindex: 'connected',
  disconnectedindex: 'disconnected',
  exceptionindex: 'exception',
}

function listNamed(name: string): ListName {
  const index = INDEX_NAMES.find((each) => each === name)
  const found = index === undefined ? LISTS.find((list) => list === name) : LIST_OF[index]
  if (found !== undefined) return found
  throw new RevalError('USAGE', `list: expected one of ${LISTS.join(', ')}; got ${quoted(name)}`)
}

/** What to ask, checked; and as the routes take it. */
function askedIn(list: ListName, { search, body, filter: filters = {}, sort, descending, page }: ListOptions) {
  const known = filterNamesOf(list)
  const unknown = Object.keys(filters).find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new RevalError(
      'USAGE',
      `--filter: ${quoted(unknown)} is not a filter of ${list}; expected one of ${known.join(', ')}`,
    )
  // Without a column, each list has an order of its own.
  const direction = descending === true ? 'desc' : sort === undefined ? undefined : 'asc'
  const parameters = {
    ...filters,
    searchQuery: search,
    dbcs: body?.join(','),
    sortColumn: sort,
    sortOrder: direction,
    pageNumber: String(page - 1),
  }
  return { request: typedRequest(list, parameters), parameters }
}

/** Prints the same CSV as the download over HTTP. */
async function printCsv(
  context: CommandContext,
  lists: LiveLists,
  request: ListRequest,
  download: DownloadRecord,
): Promise<void> {
  const { output } = context
  const found = await lists.all(request, request.requested)
  noteLive(output, liveView(found.live), found.unknownBodies)
  await writeCsv(listCsv(request.query.list, found.answer), download, context)
}

function noteLive(
  { note }: Pick<Output, 'note'>,
  live: Parameters<typeof liveLine>[0],
  unknownBodies: readonly string[],
): void {
  for (const line of [liveLine(live), ...unknownBodyLines(unknownBodies)]) note(line)
}

/** Prints the download of the clients, whose routes decode values twice. */
async function printRemoteCsv(
  context: CommandContext,
  remote: RemoteInstallation,
  list: ListName,
  parameters: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const route = list === 'doctors' ? '/api/v1/doctors' : `/api/connection${list === 'all' ? '' : `/${list}`}`
  const query = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, encodeURIComponent(value)] as const],
  )
  const { headers, pieces } = await remote.download(route, { ...Object.fromEntries(query), format: 'csv' }, 'text/csv')
  const unknown = headers.get('reval-unknown-bodies')?.split(',').map(decodeURIComponent) ?? []
  const live = {
    day: headers.get('reval-data-day'),
    since: headers.get('reval-live-since'),
    run: headers.get('reval-run') ?? '-',
  }
  noteLive(context.output, live, unknown)
  await writeCsv(pieces, { rows: null, isComplete: true }, context)
}

async function list(context: CommandContext, options: ListOptions, [name = '']: readonly string[]): Promise<void> {
  const { config, remote, output } = context
  const { request, parameters } = askedIn(listNamed(name), options)
  const search = typed(options.search) || null
  const { filter: filters = {}, body: bodies, size, csv = false } = options
  const about = { list: request.query.list, ...searchedFor(search), bodies, filters: options.filter }
  const print = (view: ListedView) => {
    for (const line of output.json ? [] : unknownBodyLines(view.unknownBodies)) output.note(line)
    output.print(view, listedLines(view, output.columns))
  }
  if (remote !== null) {
    if (csv) return printRemoteCsv(context, remote, request.query.list, parameters)
    print(await remote.get(path`/api/sync/lists/${request.query.list}`, LISTED, { ...parameters, size }))
    return
  }
  await withReader(config, async (backends) => {
    await refuseUnknownLive(backends)
    const lists = liveLists(config, backends)
    if (csv) {
      const subject = { ...about, search: search ?? undefined, format: 'csv' }
      return audited(backends, { what: 'reval list', subject }, (download) =>
        printCsv(context, lists, request, download),
      )
    }
    const view = await readListed(lists, { request, size, search, filters })
    if (search === null) {
      print(view)
      return
    }
    // Recorded before anything is shown, but after reading: only then is it known which rows are shown.
    return audited(backends, { what: 'reval list', subject: { ...about, ...shownRows(view.rows) } }, async () =>
      print(view),
    )
  })
}

export const listCommand = (): Command =>
  command<ListOptions>(
    new Command('list')
      .description('Show a list as admins see it: search, filter, sort, page, or print as CSV')
      .argument('<list>', `one of ${LISTS.join(', ')}, or the name of its index`)
      .option('--search <text>', 'only rows that match this text, as in the search of the web client')
      .addOption(bodyOption())
      .option('--filter <name=value>', 'only rows with this value; repeat for several', filter)
      .option('--sort <column>', 'column to sort by (default: the order that admins see first)')
      .option('--descending', 'sort in descending order')
      .option('--page <n>', 'page to show, from 1', wholeNumber(1, 500_000), 1)
      .option('--size <n>', 'rows per page', wholeNumber(1, 1_000), PAGE_SIZE)
      .addOption(new Option('--csv', 'print the whole list as CSV').conflicts(['json', 'page', 'size']))
      .addOption(JSON_OUTPUT)
      .addHelpText('after', () => {
        const [doctors, others] = [filterNamesOf('doctors'), filterNamesOf('all')]
        return `
Columns of doctors: ${sortColumnsOf('doctors').join(', ')}.
Columns of the other lists: ${sortColumnsOf('all').join(', ')}.
Filters of doctors: ${doctors.join(', ')}.
Filters of the other lists: ${others.join(', ')}.
The output has personal data. With --search or --csv, the audit log records the command. See docs/rules.md.`
      }),
    list,
    { remote: true },
  )

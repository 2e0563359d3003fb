import { Command, InvalidArgumentError, Option } from 'commander'
import { SEARCHED_LISTS, type SearchedList } from '../../app/lists/find-doctors.ts'
import { liveLists } from '../../app/lists/open-lists.ts'
import { typed } from '../../app/lists/parameter.ts'
import { FOUND, type FoundView } from '../../app/json/lists.ts'
import { foundCsv, readFound } from '../../app/list-view.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { refuseUnknownLive } from '../../sync/lead/adopt-live.ts'
import { audited, type DownloadRecord } from '../audited.ts'
import { withReader } from '../backends.ts'
import { command, JSON_OUTPUT, type CommandContext } from '../command.ts'
import { bodyOption, typedRequest } from '../list-options.ts'
import { foundLines, foundSentence, liveLine, unknownBodyLines } from '../list-text.ts'
import { searchedFor, shownRows, writeCsv } from '../look-ups.ts'
import { wholeNumber } from './demo-data.ts'

interface FindOptions {
  readonly list?: readonly SearchedList[]
  readonly body?: readonly string[]
  readonly limit: number
  readonly csv?: boolean
  readonly json?: boolean
  readonly dataDir?: string
}

/** The exit status if nothing is found. */
const NOTHING_FOUND = 1

function lists(text: string, before: readonly SearchedList[] = []): readonly SearchedList[] {
  const named = text.split(',').map((name) => {
    const found = SEARCHED_LISTS.find((list) => list === name.trim())
    if (found === undefined) throw new InvalidArgumentError(`Allowed choices are ${SEARCHED_LISTS.join(', ')}.`)
    return found
  })
  return SEARCHED_LISTS.filter((list) => before.includes(list) || named.includes(list))
}

async function print(
  context: CommandContext,
  { csv = false }: FindOptions,
  view: FoundView,
  download: DownloadRecord,
): Promise<void> {
  const { output } = context
  for (const line of output.json ? [] : unknownBodyLines(view.unknownBodies)) output.note(line)
  if (!csv) {
    output.print(view, foundLines(view, output.columns))
    return
  }
  for (const line of [foundSentence(view), liveLine(view.live)]) output.note(line)
  await writeCsv(foundCsv(view), download, context)
}

async function find(context: CommandContext, options: FindOptions, words: readonly string[]): Promise<void> {
  const text = typed(words.join(' ')) ?? ''
  const parameters = { searchQuery: text, dbcs: options.body?.join(',') }
  const { query, requested } = typedRequest('doctors', parameters, { searchQuery: 'text' })
  const { search } = query
  if (search === null) throw new RevalError('USAGE', 'text: expected a name, a GMC number, or the start of one')
  const { list: searched = SEARCHED_LISTS, limit } = options
  const { config, remote, exitWith } = context
  if (remote !== null) {
    const view = await remote.get('/api/sync/find', FOUND, { ...parameters, lists: options.list?.join(','), limit })
    await print(context, options, view, { rows: null, isComplete: true })
    if (view.doctors.length === 0) exitWith(NOTHING_FOUND)
    return
  }
  await withReader(config, async (backends) => {
    await refuseUnknownLive(backends)
    const view = await readFound(liveLists(config, backends), { text, search, searched, requested, limit })
    const shown = shownRows(view.doctors)
    const subject = { ...searchedFor(text), lists: options.list, bodies: options.body, ...shown }
    // Recorded before anything is shown, but after reading: only then is it known which rows are shown.
    await audited(backends, { what: 'reval find', subject }, (download) => print(context, options, view, download))
    if (view.doctors.length === 0) exitWith(NOTHING_FOUND)
  })
}

export const findCommand = (): Command =>
  command<FindOptions>(
    new Command('find')
      .description('Find doctors by name, GMC number or programme, and show which lists each is in')
      .argument('<text...>', 'text to search for; case and accents do not matter')
      .addOption(
        new Option(
          '--list <list>',
          `search only this list: ${SEARCHED_LISTS.join(', ')}; repeat or join with commas for several`,
        ).argParser(lists),
      )
      .addOption(bodyOption())
      .option('--limit <n>', 'maximum number of doctors', wholeNumber(1, 900), 20)
      .addOption(new Option('--csv', 'print the doctors as CSV').conflicts('json'))
      .addOption(JSON_OUTPUT)
      .addHelpText(
        'after',
        `
Each list searches by its own rule: see docs/rules.md. The output has personal data, and the audit log records the command. Exits
with 0 if a doctor is found, otherwise with 1. To learn more about a row: reval explain <row>.`,
      ),
    find,
    { remote: true },
  )

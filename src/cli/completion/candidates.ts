import type { Argument, Command, Option } from 'commander'
import { SEARCHED_LISTS } from '../../app/lists/find-doctors.ts'
import { LISTS } from '../../domain/list-query.ts'
import { KEPT_NAMES } from '../../sync/compare/compared-runs.ts'

/** What may be typed next: texts with what they mean, ids of runs in addition, or directories, which the shell knows. */
export interface Candidates {
  readonly texts: readonly Candidate[]
  readonly of: 'texts' | 'runs' | 'directories'
}

export interface Candidate {
  readonly text: string
  readonly meaning: string
}

const NONE: Candidates = { texts: [], of: 'texts' }
const DIRECTORIES: Candidates = { texts: [], of: 'directories' }
const runs = (...names: readonly string[]): Candidates => ({ texts: plain(names), of: 'runs' })

/** Values of arguments and options that take more than fixed choices, by their names. */
const VALUES: Readonly<Record<string, Candidates>> = {
  run: runs(),
  second: runs(...KEPT_NAMES),
  'compare run': runs(...KEPT_NAMES),
  dir: DIRECTORIES,
  '--data-dir': DIRECTORIES,
  list: { texts: plain(LISTS), of: 'texts' },
  'find --list': { texts: plain(SEARCHED_LISTS), of: 'texts' },
}

function plain(texts: readonly string[]): readonly Candidate[] {
  return texts.map((text) => ({ text, meaning: '' }))
}

/** What may complete the last of these words, which follow the name of the program. The last may be empty. */
export function candidatesFor(root: Command, words: readonly string[]): Candidates {
  const [before, current] = typedIn(words)
  let command = root
  let places = 0
  let open: Option | null = null
  for (const word of before) {
    if (open !== null) open = null
    else if (word.startsWith('-')) open = optionOf(command, word)
    else {
      const inner = places === 0 ? command.commands.find((each) => each.name() === word) : undefined
      if (inner === undefined) places += 1
      else command = inner
    }
  }
  return starting(current, open === null ? next(command, places, current, before) : valuesOf(command, open))
}

/** Bash makes a word of its own of the `=` in `--option=value`; after `help`, commands follow as at the start. */
function typedIn(words: readonly string[]): readonly [before: readonly string[], current: string] {
  const last = words.at(-1) ?? ''
  const before = words.slice(0, -1).filter((word, at) => word !== '=' && !(at === 0 && word === 'help'))
  return [before, last === '=' ? '' : last]
}

/** The option whose value is the next word; null if none is. */
function optionOf(command: Command, word: string): Option | null {
  const found = command.options.find(({ long, short }) => word === long || word === short)
  return found !== undefined && takesValue(found) ? found : null
}

const takesValue = ({ required, optional }: Option) => required || optional

function next(command: Command, places: number, current: string, before: readonly string[]): Candidates {
  const [name = '', ...value] = current.split('=')
  const option = value.length > 0 && name.startsWith('--') ? optionOf(command, name) : null
  if (option !== null) {
    const { texts, of } = valuesOf(command, option)
    return { texts: texts.map((each) => ({ ...each, text: `${name}=${each.text}` })), of }
  }
  if (current.startsWith('-')) return { texts: optionTexts(command, before), of: 'texts' }
  const inner = places === 0 ? command.createHelp().visibleCommands(command) : []
  const found = argumentValues(command, places)
  return { ...found, texts: [...inner.map((each) => described(each.name(), each)), ...found.texts] }
}

function described(text: string, command: Command): Candidate {
  const meaning = command.summary() === '' ? command.description() : command.summary()
  return { text, meaning }
}

function optionTexts(command: Command, before: readonly string[]): readonly Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) =>
      long === undefined || before.includes(long) ? [] : [{ text: long, meaning: description }],
    )
}

function argumentValues(command: Command, place: number): Candidates {
  const last = command.registeredArguments.at(-1)
  const found = command.registeredArguments[place] ?? (last?.variadic === true ? last : undefined)
  return found === undefined ? NONE : valuesIn(command, found.name(), found)
}

function valuesOf(command: Command, option: Option): Candidates {
  return valuesIn(command, option.long ?? '', option)
}

function valuesIn(command: Command, name: string, { argChoices }: Pick<Argument | Option, 'argChoices'>): Candidates {
  if (argChoices !== undefined) return { texts: plain(argChoices), of: 'texts' }
  return VALUES[`${command.name()} ${name}`] ?? VALUES[name] ?? NONE
}

function starting(current: string, { texts, of }: Candidates): Candidates {
  return { texts: texts.filter(({ text }) => text.startsWith(current)), of }
}

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { explainView } from '../../src/app/explain-view.ts'
import { explainLines } from '../../src/cli/explain-text.ts'
import { at, reval } from '../cli/reval.ts'
import { Situations } from '../sync/explain/situations.ts'

const ALL = 'all'

/** The answers in docs/support.md, in its order: the key, and the sections that it shows besides the first, by their titles. */
const ANSWERS: readonly (readonly [key: string, sections: readonly string[] | typeof ALL])[] = [
  ['7012345', ALL],
  ['7012352', ['A resync']],
  ['7012369', ['TCS now']],
  ['7012376', ['Generations']],
  ['7012383', ['  field']],
  ['7012390', ALL],
  ['4761', ['TCS now']],
  ['7012406', ['TCS now', 'Failed rows']],
  ['7012420', ['TCS now', 'A resync']],
  ['7012437', ['Row']],
  ['7012444', ['Row']],
]

/** The random ends of the ids of runs. */
const withoutChance = (text: string) => text.replace(/(run \d{8}t\d{6})-\w+/g, '$1-k3v9x2ab')

/** What the command prints, as the page shows it: `…` stands for sections that are left out. */
async function shown(situations: Situations, [key, chosen]: (typeof ANSWERS)[number]): Promise<string> {
  const lines = explainLines(explainView(await situations.explain(key)))
  const sections = withoutChance(lines.join('\n')).split('\n\n')
  const isShown = (section: string, at: number) =>
    chosen === ALL || at === 0 || chosen.some((title) => section.startsWith(title))
  const parts = sections.map((section, at) => (isShown(section, at) ? section : '…'))
  const merged = parts.filter((part, at) => part !== '…' || parts[at - 1] !== '…')
  return `$ reval explain ${key}\n${merged.join('\n\n')}`
}

const NAME = 'obrien sian'

test('docs/support.md shows what reval explain and reval find print', async (t) => {
  const page = readFileSync(new URL('../../docs/support.md', import.meta.url), 'utf8')
  const blocks = [...page.matchAll(/^```text\n(\$ reval .*?)\n```$/gms)].map(([, block]) => block)
  const situations = await Situations.make(t)
  const found = await reval(['find', NAME, ...at(situations.place.directory)])
  const expected = [`$ reval find ${NAME}\n${withoutChance(found.out).trimEnd()}`]
  for (const answer of ANSWERS) expected.push(await shown(situations, answer))
  assert.deepEqual(blocks, expected)
})

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type * as z from 'zod'
import { RESULTS } from '../../src/app/json/results.ts'
import { INDEX_NAMES, type IndexDocument, type IndexName } from '../../src/domain/lists.ts'
import type { Workplace } from '../app/job/workplace.ts'
import { previewedChanges } from './previewed-changes.ts'
import { at, reval } from './reval.ts'

const TOLD = RESULTS['reval compare --json'].schema
type Told = z.infer<typeof TOLD>

const compare = (place: Workplace, ...args: readonly string[]) => reval(['compare', ...args, ...at(place.directory)])

async function told(place: Workplace, ...args: readonly string[]): Promise<Told> {
  const { code, out, err } = await compare(place, ...args, '--json')
  const found = TOLD.parse(JSON.parse(out))
  const differs = found.missing.length + found.surplus.length + found.different.length > 0
  assert.equal(code, differs ? 1 : 0, err)
  return found
}

const idsIn = ({ missing, surplus, different }: Told) => [...missing, ...surplus, ...different.map(({ id }) => id)]

/** The documents of an index by their key: what a reader of exports can tell a row by. */
type Exported = ReadonlyMap<string, IndexDocument>

const GENERATIONS = { before: 'live', after: 'held-back' } as const

async function exported(place: Workplace, index: IndexName, which: keyof typeof GENERATIONS): Promise<Exported> {
  const args = ['export', index, '--generation', GENERATIONS[which], ...at(place.directory)]
  const { code, out } = await reval(args)
  assert.equal(code, 0)
  const documents = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as IndexDocument)
  return new Map(documents.map((document) => [keyOf(document), document]))
}

function keyOf({ tcsPersonId, gmcReferenceNumber }: IndexDocument): string {
  return tcsPersonId === undefined ? `gmc-${String(gmcReferenceNumber)}` : `tcs-${String(tcsPersonId)}`
}

/** A row id as exports show it: the number is trimmed there. */
const shownId = (id: string) => id.replace(/^gmc-\s*(.*?)\s*$/, 'gmc-$1')

interface Side {
  readonly bodies: ReadonlyMap<string, string>
  readonly lists: ReadonlyMap<IndexName, Exported>
}

async function sideOf(place: Workplace, which: keyof typeof GENERATIONS): Promise<Side> {
  const lists = new Map<IndexName, Exported>()
  for (const index of INDEX_NAMES) lists.set(index, await exported(place, index, which))
  const master = lists.get('masterdoctorindex') ?? new Map<string, IndexDocument>()
  const bodies = [...master].map(
    ([key, row]) => [key, String(row.designatedBody ?? row.tcsDesignatedBody ?? '')] as const,
  )
  return { bodies: new Map(bodies), lists }
}

/** The keys that enter, leave and change in a list of a body, or of all bodies, counted from exports. */
function recounted(sides: Readonly<Record<'before' | 'after', Side>>, list: IndexName, body: string | null) {
  const listed = ({ lists, bodies }: Side) => {
    const all = [...(lists.get(list) ?? [])]
    return new Map(all.filter(([key]) => body === null || bodies.get(key) === body))
  }
  const [old, present] = [listed(sides.before), listed(sides.after)]
  const shown = ({ bodies }: Side, of: Exported, key: string) => JSON.stringify([bodies.get(key), of.get(key)])
  return {
    enter: [...present.keys()].filter((key) => !old.has(key)),
    leave: [...old.keys()].filter((key) => !present.has(key)),
    change: [...old.keys()].filter(
      (key) => present.has(key) && shown(sides.before, old, key) !== shown(sides.after, present, key),
    ),
  }
}

describe('reval compare', () => {
  let place: Workplace
  const cleaning: (() => Promise<void>)[] = []
  after(() => Promise.all(cleaning.map((clean) => clean())))

  before(async () => {
    place = await previewedChanges({ after: (clean) => cleaning.push(clean) })
  })

  test('of a preview agrees with an independent recount of both exports', async () => {
    const sides = { before: await sideOf(place, 'before'), after: await sideOf(place, 'after') }
    const { out, code } = await compare(place, 'live', 'held-back')
    assert.equal(code, 1)
    for (const list of INDEX_NAMES) {
      const { enter, leave, change } = recounted(sides, list, null)
      assert.ok(enter.length > 5 && leave.length > 5 && change.length > 5, list)
      assert.match(out, lineOf(list, enter, leave, change))
      const ids = idsIn(await told(place, 'live', 'held-back', '--list', list)).map(shownId)
      assert.deepEqual(ids.sort(), [...enter, ...leave, ...change].sort())
    }
    for (const body of ['1-1RSSQ1B', '']) {
      for (const list of ['connectedindex', 'exceptionindex'] as const) {
        const { enter, leave, change } = recounted(sides, list, body)
        const alone = await compare(place, 'live', 'held-back', '--list', list, '--body', body)
        const moved = [...enter, ...leave, ...change]
        if (moved.length === 0) assert.match(alone.out, /^Nothing differs/)
        else assert.match(alone.out, lineOf(list, enter, leave, change))
      }
    }
  })

  test('the other way round, missing and surplus are swapped', async () => {
    const there = await told(place, 'live', 'held-back')
    const back = await told(place, 'held-back', 'live')
    assert.deepEqual(back, { missing: there.surplus, surplus: there.missing, different: there.different })
    // One run is compared with live.
    assert.deepEqual(await told(place, 'held-back'), there)
    assert.ok(there.missing.length > 100 && there.surplus.length > 30 && there.different.length > 300)
  })

  test('prints the same differences in every form', async () => {
    const { missing, surplus, different } = await told(place, 'live', 'held-back')
    const all = missing.length + surplus.length + different.length
    const { out } = await compare(place, 'live', 'held-back', '--limit', '10000')
    const figures = `${missing.length} missing, ${surplus.length} surplus, ${different.length} different`
    assert.match(out, new RegExp(`^${all} rows differ: ${figures} \\(1,\\d{3} rows before, 1,\\d{3} after\\)\n`))
    const rows = out.split('\nrows:\n')[1]?.trimEnd().split('\n') ?? []
    assert.equal(rows.length, all)
    const first = await compare(place, 'live', 'held-back', '--limit', '3')
    assert.match(first.out, new RegExp(`\nfirst 3 of ${all} rows:\n(  .*\n){3}$`))

    const csv = await compare(place, 'live', 'held-back', '--csv')
    assert.equal(csv.code, 1)
    const [header, ...lines] = csv.out.trimEnd().split('\r\n')
    assert.equal(header, 'id,kind,field,before,after')
    const fields = lines.filter((line) => line.includes(',different,')).map((line) => line.split(',').slice(0, 3))
    assert.deepEqual(
      fields,
      different.flatMap(({ id, fields: names }) => names.map((name) => [id, 'different', name])),
    )
    assert.equal(new Set(lines.map((line) => line.split(',')[0])).size, all)
  })

  test('exits with 0 if nothing differs', async () => {
    const nothing = { missing: [], surplus: [], different: [] }
    const json = await compare(place, 'live', '--json')
    assert.deepEqual([json.code, json.out], [0, `${JSON.stringify(nothing)}\n`])
    const text = await compare(place, 'live', 'live')
    assert.equal(text.code, 0)
    assert.match(text.out, /^Nothing differs: 1,\d{3} rows before, 1,\d{3} after\nbefore: run .* \(live\)/)
    assert.equal((await compare(place, 'live', 'held-back', '--body', 'none')).code, 0)
  })

  test('exits with 2 and a code if it is not known', async () => {
    const cases: readonly (readonly [string, RegExp, ...string[]])[] = [
      ['RUN_UNKNOWN', /nonsense/, 'nonsense'],
      ['GENERATION_UNKNOWN', /no previous generation; kept: \S+ \(live\), \S+ \(held-back\)/, 'previous'],
      ['NOTHING_ADOPTED', /no indexes of the Java services were adopted/, '--with-java'],
      ['USAGE', /compares one run/, '--with-java', 'live', 'held-back'],
      ['USAGE', /name a run/],
    ]
    for (const [code, message, ...args] of cases) {
      const ended = await compare(place, ...args)
      assert.deepEqual([ended.code, ended.out], [2, ''])
      assert.match(ended.err, new RegExp(`^error ${code}: `))
      assert.match(ended.err, message)
    }
    for (const args of [
      ['--with-java', '--body', 'x'],
      ['live', '--list', 'index'],
      ['live', '--csv', '--json'],
      ['live', 'live', 'live'],
    ]) {
      assert.equal((await compare(place, ...args)).code, 2, args.join(' '))
    }
    const empty = join(place.directory, 'none')
    assert.equal((await reval(['compare', 'live', ...at(empty)])).code, 2)
  })
})

function lineOf(list: IndexName, ...moves: readonly (readonly string[])[]): RegExp {
  return new RegExp(`^  ${list}${moves.map(({ length }) => ` +${length}`).join('')}$`, 'm')
}

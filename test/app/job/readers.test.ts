import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INDEX_NAMES } from '../../../src/domain/lists.ts'
import { ask, readDocuments, runToEnd, Workplace, type Documents } from './workplace.ts'

test('whoever reads during syncs and rollbacks sees one whole set of the five indexes at any time', async (t) => {
  const place = await Workplace.make(t, { REVAL_MESSAGE_ROWS: '10', REVAL_WRITE_ROWS: '20' })
  const worker = await place.start()
  /** The documents that each generation has for good. */
  const wholes = new Map<string, Documents>()
  const sync = async (label: string) => {
    await place.loadFew({ label, trainees: 200, doctors: 200 })
    const { state, generation } = await runToEnd(worker)
    assert.equal(state, 'live')
    wholes.set(generation ?? '', await place.documents())
  }
  await sync('a')

  const seen: { readonly names: readonly (readonly string[])[]; readonly documents: Documents }[] = []
  const writing = new AbortController()
  const reading = place.reading(async (backends) => {
    const shown = async () => [...new Set(Object.values((await backends.store.liveNames()) ?? {}))]
    while (!writing.signal.aborted) {
      const before = await shown()
      const documents = await readDocuments(backends, 'live')
      seen.push({ names: [before, await shown()], documents })
    }
  })
  try {
    for (const label of ['b', 'c', 'd']) await sync(label)
    await ask(worker, 'rollback')
  } finally {
    writing.abort()
    await reading
  }

  assert.ok(seen.length > 10, `${seen.length} readings are too few`)
  for (const { names, documents } of seen) {
    assert.ok(names.every((shown) => shown.length === 1))
    const candidates = names.flat().map((generation) => wholes.get(generation))
    // Names that moved while the five were read show some of one set and some of the next, each index whole.
    for (const index of INDEX_NAMES) {
      const text = JSON.stringify(documents[index])
      assert.ok(candidates.some((whole) => JSON.stringify(whole?.[index]) === text))
    }
  }
  const shown = new Set(seen.flatMap(({ names }) => names.flat()))
  assert.ok(shown.size >= 3, 'the names did not move while they were read')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runState, runTags, serverState } from '../../../src/console/words/states.ts'
import { ENDS, STAGES, type RunState } from '../../../src/ports/run-ledger.ts'

const of = (run: string) => ({ run, generation: `${run}-1` })
const KEPT = { live: of('live'), previous: of('previous'), heldBack: of('held') }

test('a run that went live is told by what the installation shows now', () => {
  const words = ['live', 'previous', 'older'].map((id) => runState({ id, state: 'live' }, KEPT))
  assert.deepEqual(words, [
    { word: 'Live now', colour: 'green' },
    { word: 'Live before', colour: 'aqua-green' },
    { word: 'Was live', colour: 'grey' },
  ])
})

test('without the installation nothing is said to be live now', () => {
  assert.deepEqual(runState({ id: 'live', state: 'live' }, null), { word: 'Went live', colour: 'grey' })
})

test('a run is held back only while its generation is kept', () => {
  assert.equal(runState({ id: 'held', state: 'held back' }, KEPT).colour, 'orange')
  assert.equal(runState({ id: 'older', state: 'held back' }, KEPT).word, 'Was held back')
  assert.equal(runState({ id: 'older', state: 'held back' }, null).word, 'Held back')
})

test('a colour has one meaning: what is live, in progress or failed shares it with nothing else', () => {
  const states: readonly RunState[] = [...STAGES, ...ENDS]
  const tags = states.map((state) => ({ state, ...runState({ id: 'live', state }, KEPT) }))
  const ofColour = (colour: string) => tags.filter((tag) => tag.colour === colour).map(({ state }) => state)
  assert.deepEqual(ofColour('green'), ['live'])
  assert.deepEqual(ofColour('red'), ['failed'])
  assert.deepEqual(ofColour('blue'), STAGES.slice(1))
  assert.ok(tags.every(({ word }) => word !== ''))
})

test('remarks stand beside the state, in yellow', () => {
  const run = {
    id: 'live',
    state: 'live',
    decision: { action: 'promoted', by: 'Ada', why: 'checked', at: 1 },
    unproved: ['doctors'],
    restarts: [{ cause: 'fault', reason: 'the store was away', at: 1 }],
  } as const
  const tags = runTags(run, KEPT)
  assert.deepEqual(
    tags.map(({ word }) => word),
    ['Live now', 'Promoted by hand', 'Not proved', 'Restarted'],
  )
  assert.deepEqual(new Set(tags.slice(1).map(({ colour }) => colour)), new Set(['yellow']))
  assert.equal(runTags({ ...run, decision: null, unproved: [], restarts: [] }, KEPT).length, 1)
})

test('a server is away only if that was found', () => {
  assert.deepEqual([true, false, null].map(serverState), [
    { word: 'Working', colour: 'green' },
    { word: 'Away', colour: 'red' },
    { word: 'Not known', colour: 'grey' },
  ])
})

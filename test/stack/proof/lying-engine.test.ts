import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as z from 'zod'
import { runToEnd } from '../../app/job/workplace.ts'
import { engineProxy, PASSED, type Answer, type Fate } from '../index-store/engine-proxy.ts'
import { workerOnServers } from './worker-on-servers.ts'

const ANSWER = z.looseObject({ items: z.array(z.unknown()) })
const CREATED = { create: { status: 201, result: 'created' } }

/** The action and the document of each item of a bulk. */
function itemsOf(body: string): readonly (readonly [action: string, document: string])[] {
  const lines = body.trimEnd().split('\n')
  return Array.from({ length: lines.length / 2 }, (_, at) => [lines[2 * at] ?? '', lines[2 * at + 1] ?? ''])
}

const bodyOf = (items: readonly (readonly string[])[]) =>
  items
    .flat()
    .map((line) => `${line}\n`)
    .join('')

/** The engine does not get the last item of a bulk, whose answer says that it was created. */
function droppingOne(body: string): Fate {
  const change = ({ status, body: answer }: Answer): Answer => {
    const { items, ...rest } = ANSWER.parse(JSON.parse(answer))
    return { status, body: JSON.stringify({ ...rest, items: [...items, CREATED] }) }
  }
  return { kind: 'replaced', body: bodyOf(itemsOf(body).slice(0, -1)), change }
}

/** The engine gets each document with another admin. */
function alteringFields(body: string): Fate {
  const altered = itemsOf(body).map(([action, document]) => {
    return [action, JSON.stringify({ ...(JSON.parse(document) as object), admin: 'nobody@example.com' })]
  })
  return { kind: 'replaced', body: bodyOf(altered), change: (answer) => answer }
}

describe('an engine whose bulk lies', () => {
  for (const [what, lie, code, reason] of [
    ['drops a row of each bulk and says it was created', droppingOne, 'CHECK_COUNTS', /and rows with/],
    ['stores another field', alteringFields, 'CHECK_READ_BACK', /rows read back differ/],
  ] as const) {
    test(`${what}: the run is held back`, async (t) => {
      const proxy = await engineProxy(t)
      const { worker } = await workerOnServers(t, { REVAL_SEARCH_URL: proxy.url })
      let lies = 0
      proxy.fateOf = ({ path, body }) => {
        if (!path.includes('/_bulk') || !body.startsWith('{"create"')) return PASSED
        lies += 1
        return lie(body)
      }
      const run = await runToEnd(worker)
      assert.ok(lies > 0)
      assert.deepEqual([run.state, run.failure?.code], ['held back', code], run.failure?.reason)
      assert.match(run.failure?.reason ?? '', reason)
    })
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WorkerBackends } from '../../../src/app/backends.ts'
import { DOCTORS_PAGE } from '../../../src/app/lists/answers.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { GenerationId } from '../../../src/ports/index-store.ts'
import type { ListReader } from '../../../src/ports/list-reader.ts'
import { HttpInstallation } from '../http/installation.ts'
import { runToEnd } from '../job/workplace.ts'

/** Backends whose list reader finds that a generation was dropped, so many times. */
function dropping(times: number, asked: GenerationId[]) {
  let left = times
  return (backends: WorkerBackends): WorkerBackends => ({
    ...backends,
    listReader: {
      ...backends.listReader,
      page: async (generation, ...rest) => {
        asked.push(generation)
        left -= 1
        if (left >= 0) throw new RevalError('GENERATION_UNKNOWN', `generation ${generation} was dropped`)
        return backends.listReader.page(generation, ...rest)
      },
    },
  })
}

test('a generation that is dropped between looking it up and reading it is looked up once more', async (t) => {
  const asked: GenerationId[] = []
  const http = await HttpInstallation.make(t, dropping(1, asked))
  assert.equal((await runToEnd(http.worker)).state, 'live')
  const { status, body } = await http.get('/api/v1/doctors')
  assert.equal(status, 200, JSON.stringify(body))
  assert.ok(DOCTORS_PAGE.parse(body).totalResults > 0)
  assert.equal(asked.length, 2)
})

test('one that is dropped again is 503, not "not found"', async (t) => {
  const asked: GenerationId[] = []
  const http = await HttpInstallation.make(t, dropping(2, asked))
  assert.equal((await runToEnd(http.worker)).state, 'live')
  const { status, headers } = await http.get('/api/v1/doctors')
  assert.equal(status, 503)
  assert.equal(headers.get('retry-after'), '30')
  assert.equal(asked.length, 2)
})

test('a download that breaks off does not look whole', async (t) => {
  const http = await HttpInstallation.make(t, (backends) => ({
    ...backends,
    listReader: {
      ...backends.listReader,
      all: async function* (...asked) {
        yield* backends.listReader.all(...asked)
        throw new RevalError('STORE_FAILED', 'the store is away')
      },
    },
  }))
  assert.equal((await runToEnd(http.worker)).state, 'live')
  await assert.rejects(async () => {
    const response = await fetch(`${http.server.address}/api/connection?format=csv`)
    await response.text()
  })
  // The server still answers.
  assert.equal((await http.get('/api/connection')).status, 200)
})

test('a caller who leaves while the first rows are read leaves no list open', async (t) => {
  let open = 0
  const http = await HttpInstallation.make(t, (backends) => ({
    ...backends,
    listReader: {
      ...backends.listReader,
      all: async function* (...asked) {
        open += 1
        try {
          yield* backends.listReader.all(...asked)
        } finally {
          open -= 1
        }
      },
    },
  }))
  assert.equal((await runToEnd(http.worker)).state, 'live')
  const asked = { list: 'doctors', parameters: {}, permitted: null, authorization: null } as const
  const { own } = http.worker.lists
  await assert.rejects(own.csv({ ...asked, signal: AbortSignal.abort() }), { code: 'INTERRUPTED' })
  assert.equal(open, 0)
  await own.csv({ ...asked, signal: new AbortController().signal })
  assert.equal(open, 1)
})

test('after another run, answers are from it', async (t) => {
  const http = await HttpInstallation.make(t)
  const runs: (string | null)[] = []
  for (let count = 0; count < 2; count += 1) {
    assert.equal((await runToEnd(http.worker)).state, 'live')
    runs.push((await http.get('/api/connection')).headers.get('reval-run'))
  }
  assert.equal(new Set(runs).size, 2)
})

test('a page, its counts and its headers are of one generation, even if names move meanwhile', async (t) => {
  const asked: GenerationId[] = []
  let isMoving = true
  const http = await HttpInstallation.make(t, (backends) => {
    const { listReader: reader } = backends
    const page: ListReader['page'] = async (generation, ...rest) => {
      asked.push(generation)
      if (isMoving) {
        isMoving = false
        assert.equal((await runToEnd(http.worker)).state, 'live')
      }
      return reader.page(generation, ...rest)
    }
    const counts: ListReader['counts'] = (generation, ...rest) => {
      asked.push(generation)
      return reader.counts(generation, ...rest)
    }
    return { ...backends, listReader: { ...reader, page, counts } }
  })
  const before = await runToEnd(http.worker)
  const { status, body, headers } = await http.get('/api/v1/doctors')
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal(headers.get('reval-run'), before.id)
  assert.deepEqual(new Set(asked), new Set([before.generation]))
  const after = (await http.get('/api/v1/doctors')).headers.get('reval-run')
  assert.notEqual(after, before.id)
})

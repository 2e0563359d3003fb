import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RevalError } from '../../../../src/errors/reval-error.ts'
import type { AuditEntry } from '../../../../src/ports/audit.ts'
import type { WorkerBackends } from '../../../../src/app/backends.ts'
import { altered } from '../../../faults/altered.ts'
import { Gate } from '../../../faults/gate.ts'
import { runToEnd, until, type Owner } from '../../job/workplace.ts'
import { HttpInstallation } from '../installation.ts'

const TOKEN = 'the token of an operator'

async function live(t: Owner, alter?: (backends: WorkerBackends) => WorkerBackends): Promise<HttpInstallation> {
  const http = await HttpInstallation.make(t, alter, { REVAL_OPERATOR_TOKEN: TOKEN })
  assert.equal((await runToEnd(http.worker)).state, 'live')
  return http
}

/** The entries of the audit log, newest first, once each has a result. */
async function completed({ worker }: HttpInstallation): Promise<readonly AuditEntry[]> {
  const { ledger } = worker.context
  await until(async () => (await ledger.audit(100)).every(({ result }) => result !== null))
  return ledger.audit(100)
}

interface Asking {
  readonly accept?: string
  readonly signal?: AbortSignal
}

function ask(http: HttpInstallation, path: string, { accept = '*/*', signal }: Asking = {}): Promise<Response> {
  const headers = { authorization: TOKEN, accept }
  return fetch(http.server.address + path, { headers, signal: signal ?? AbortSignal.timeout(20_000) })
}

describe('of the lists', () => {
  test('downloads and searches for a number are recorded, pages are not', async (t) => {
    const http = await live(t)
    for (const query of ['', '?searchQuery=few', '?searchQuery=few%207000006', '?searchQuery=&dbcs=', '?format=json']) {
      assert.equal((await ask(http, `/api/v1/doctors${query}`)).status, 200)
    }
    assert.equal((await ask(http, '/api/v1/doctors/autocomplete?fieldName=admin&input=7000006')).status, 200)
    assert.deepEqual(await completed(http), [])

    const searches = ['7000006', '%227000006%22', '%2537000006', '700%200006', '%EF%BC%97000006']
    for (const text of searches) {
      assert.equal((await ask(http, `/api/connection/connected?searchQuery=${text}&dbcs=`)).status, 200)
    }
    const subject = '{"searchQuery":"7000006","dbcs":""}'
    for (const entry of await completed(http)) {
      const { who, what, result } = entry
      assert.deepEqual([who, what, entry.subject], ['operator token', 'GET /api/connection/connected', subject])
      assert.deepEqual([result?.outcome, result?.rows], ['done', null])
    }
    assert.equal((await completed(http)).length, searches.length)
    assert.equal((await ask(http, '/api/v1/doctors?searchQuery=70%20000')).status, 200)
    assert.equal((await completed(http))[0]?.subject, '{"searchQuery":"70000"}')
  })

  test('the entry of a download has the caller, the list, the filter and the number of rows', async (t) => {
    const http = await live(t)
    const rows = (text: string) => text.split('\r\n').length - 2
    const asFormat = await (await ask(http, '/api/v1/doctors?format=csv&underNotice=false&searchQuery=few')).text()
    const accepted = await (await ask(http, '/api/connection', { accept: 'text/csv' })).text()
    assert.ok(rows(asFormat) > 0 && rows(accepted) > rows(asFormat))
    const filter = '{"searchQuery":"few","format":"csv","underNotice":"false"}'
    const by = { who: 'operator token', roles: ['operator'], from: 'HTTP 127.0.0.1' }
    const done = { outcome: 'done', code: null }
    assert.partialDeepStrictEqual(await completed(http), [
      { ...by, what: 'GET /api/connection', subject: '{"format":"csv"}', result: { ...done, rows: rows(accepted) } },
      { ...by, what: 'GET /api/v1/doctors', subject: filter, result: { ...done, rows: rows(asFormat) } },
    ])
  })

  test('a download that cannot be read to its end is recorded as failed, with the rows sent', async (t) => {
    const http = await live(t, breakingOff(new RevalError('STORE_FAILED', 'the generation was dropped')))
    const answer = await ask(http, '/api/v1/doctors?format=csv')
    assert.equal(answer.status, 200)
    await assert.rejects(answer.text())
    assert.partialDeepStrictEqual(await completed(http), [
      { what: 'GET /api/v1/doctors', result: { outcome: 'failed', code: 'STORE_FAILED', rows: 1 } },
    ])
  })

  test('a download fails if its caller leaves, or the process ends', async (t) => {
    const gates = [new Gate(), new Gate()]
    let reading = 0
    const http = await live(t, (backends) => ({
      ...backends,
      listReader: altered(backends.listReader, {
        all: (own) =>
          async function* (...asked) {
            const gate = gates[reading]
            reading += 1
            yield* own(...asked)
            await gate?.pass()
          },
      }),
    }))
    const leaving = new AbortController()
    const left = await ask(http, '/api/v1/doctors?format=csv', { signal: leaving.signal })
    await gates[0]?.reached
    leaving.abort()
    await assert.rejects(left.text())
    const brokenOff = { outcome: 'failed', code: null, rows: 20 }
    const [first] = await completed(http)
    assert.partialDeepStrictEqual(first?.result, brokenOff)

    const other = await ask(http, '/api/v1/doctors?format=csv')
    await gates[1]?.reached
    await http.server.stop()
    for (const gate of gates) gate.open()
    await assert.rejects(other.text())
    const [second, ...rest] = await http.worker.context.ledger.audit(10)
    assert.equal(rest.length, 1)
    assert.partialDeepStrictEqual(second?.result, brokenOff)
  })
})

/** Reading a whole list breaks off after its first row. */
function breakingOff(error: RevalError) {
  return (backends: WorkerBackends): WorkerBackends => ({
    ...backends,
    listReader: altered(backends.listReader, {
      all: (own) =>
        async function* (...asked) {
          for await (const rows of own(...asked)) {
            yield rows.slice(0, 1)
            throw error
          }
        },
    }),
  })
}

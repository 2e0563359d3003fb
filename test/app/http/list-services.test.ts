import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createHttpServer } from '../../../src/app/http/server.ts'
import { createLog } from '../../../src/app/log.ts'
import { DOCTORS_PAGE, TRAINEES_PAGE } from '../../../src/app/lists/answers.ts'
import { gatewayLists } from '../../../src/app/lists/gateway.ts'
import { remoteLists } from '../../../src/app/lists/remote-lists.ts'
import { runToEnd, type Owner } from '../job/workplace.ts'
import { HttpInstallation, NO_SIGN_IN } from './installation.ts'

/** Longer than any answer takes, also on a busy machine. */
const LONG_MS = 20_000

const SILENT = createLog({ level: 'silent', format: 'json' })

/** A process with recommendation and connection, and a gateway that asks it. */
async function apart(t: Owner) {
  const both = await HttpInstallation.make(t)
  assert.equal((await runToEnd(both.worker)).state, 'live')
  const { worker } = both
  const services = worker.services.filter(({ name }) => ['recommendation', 'connection'].includes(name))
  const service = await createHttpServer({ ...worker, integration: null, services }, SILENT, NO_SIGN_IN)
  t.after(() => service.close())
  const url = await service.listen({ host: '127.0.0.1', port: 0, listenTextResolver: (text) => text })
  return { both, service, url, gateway: await gatewayAt(t, both, url, LONG_MS) }
}

async function gatewayAt(t: Owner, { worker }: HttpInstallation, url: string, timeoutMs: number) {
  const asked = gatewayLists(
    remoteLists({ service: 'recommendation', url, timeoutMs }),
    remoteLists({ service: 'connection', url: `${url}/`, timeoutMs }),
  )
  const gateway = await createHttpServer({ ...worker, lists: { ...worker.lists, gateway: asked } }, SILENT, NO_SIGN_IN)
  t.after(() => gateway.close())
  return gateway
}

/** Something that listens in place of a service. */
async function standIn(t: Owner, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('services apart: the gateway answers what it would in one process', async (t) => {
  const { both, service, url, gateway } = await apart(t)
  const trainees = await service.inject('/api/v1/doctors?pageNumber=0')
  assert.equal(trainees.statusCode, 200)
  TRAINEES_PAGE.parse(trainees.json())
  assert.equal((await service.inject('/api/connection/connected')).statusCode, 404)
  for (const path of [
    '/api/v1/doctors?pageNumber=0&dbcs=1-1RUZUSF,unknown&searchQuery=%2522few%2522',
    '/api/v1/doctors/autocomplete?fieldName=programmeName&input=pro',
    '/api/connection?pageNumber=1',
    '/api/connection/connected?filter=currentConnections',
    '/api/connection/disconnected?sortColumn=doctorLastName&sortOrder=asc',
    '/api/connection/exception',
    '/api/connection/discrepancies?dbcs=1-1RUZUSF&tisDesignatedBodies=',
  ]) {
    const local = await both.get(path)
    const remote = await gateway.inject(path)
    assert.equal(remote.statusCode, 200, `${path}: ${remote.body}`)
    assert.deepEqual(remote.json(), local.body)
    for (const name of ['reval-run', 'reval-data-day', 'reval-live-since', 'reval-unknown-bodies'])
      assert.equal(remote.headers[name] ?? null, local.headers.get(name), `${path}: ${name}`)
  }
  // A download closes its connection when it stalls, so it needs one.
  const at = await gateway.listen({ host: '127.0.0.1', port: 0, listenTextResolver: (text) => text })
  const csv = await fetch(`${at}/api/connection/connected?format=csv`)
  assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8')
  const ofService = await fetch(`${url}/api/connections/connected?format=csv`)
  assert.equal(await csv.text(), await ofService.text())
})

test('a fault is answered by the gateway, without asking', async (t) => {
  let asked = 0
  const url = await standIn(t, (_request, response) => {
    asked += 1
    response.end()
  })
  const http = await HttpInstallation.make(t)
  const gateway = await gatewayAt(t, http, url, LONG_MS)
  for (const path of [
    '/api/v1/doctors?pageNumber=-1',
    '/api/connection?sortColumn=x',
    '/api/v1/doctors/autocomplete?fieldName=x',
  ])
    assert.equal((await gateway.inject(path)).statusCode, 400)
  assert.equal(asked, 0)
})

test('a service of the reference: its own fields are left out, what it lacks is null', async (t) => {
  let seen: { readonly url: string | undefined; readonly token: string | undefined } | null = null
  const row = {
    gmcReferenceNumber: '7000001',
    doctorFirstName: 'Ada',
    underNotice: 'YES',
    doctorStatus: 'DRAFT',
    own: 1,
  }
  const url = await standIn(t, (request, response) => {
    seen = { url: request.url, token: request.headers.authorization }
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ countTotal: 1, countUnderNotice: 1, totalPages: 1, totalResults: 1, traineeInfo: [row] }),
    )
  })
  const gateway = await gatewayAt(t, await HttpInstallation.make(t), url, LONG_MS)
  const answer = await gateway.inject({ url: '/api/v1/doctors?dbcs=A', headers: { authorization: 'raw token' } })
  assert.deepEqual(seen, { url: '/api/v1/doctors?dbcs=A', token: 'raw token' })
  const [doctor] = DOCTORS_PAGE.parse(answer.json()).recommendationInfo
  assert.partialDeepStrictEqual(doctor, { gmcReferenceNumber: '7000001', doctorFirstName: 'Ada', admin: null })
  assert.equal('own' in (doctor ?? {}), false)
})

const FAULTS: Readonly<Record<string, RequestListener>> = {
  'does not answer': () => undefined,
  'stops in the middle': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"totalPages":')
  },
  'hangs up': (request) => request.socket.destroy(),
  'answers 404': (_request, response) => response.writeHead(404).end('not here'),
  'answers 500': (_request, response) => response.writeHead(500).end('no'),
  redirects: (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  'answers something else': (_request, response) => response.end('{"connections":[7]}'),
  'answers HTML': (_request, response) => response.end('<html></html>'),
}
for (const [name, listener] of Object.entries(FAULTS)) {
  test(`a service that ${name} is 503, with nothing of its answer`, async (t) => {
    const gateway = await gatewayAt(t, await HttpInstallation.make(t), await standIn(t, listener), 300)
    for (const path of ['/api/connection/connected', '/api/connection/connected?format=csv']) {
      if (path.endsWith('csv') && name === 'stops in the middle') continue
      const { statusCode, headers, body } = await gateway.inject(path)
      assert.equal(statusCode, 503, body)
      assert.equal(headers['retry-after'], '30')
      assert.match(body, /LIST_SERVICE_FAILED/)
      assert.doesNotMatch(body, /not here|html/)
    }
  })
}

test('a download comes through the gateway while the service still writes, and breaks off where it breaks off', async (t) => {
  const next = new EventEmitter<{ part: [string | null] }>()
  const url = await standIn(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8', 'reval-run': 'r1' })
    response.write('gmcReferenceNumber\r\n')
    next.on('part', (part) => (part === null ? response.destroy() : response.write(part)))
  })
  const gateway = await gatewayAt(t, await HttpInstallation.make(t), url, LONG_MS)
  const at = await gateway.listen({ host: '127.0.0.1', port: 0, listenTextResolver: (text) => text })
  const { status, headers, body } = await fetch(`${at}/api/v1/doctors?format=csv`)
  assert.deepEqual([status, headers.get('reval-run')], [200, 'r1'])
  assert.ok(body !== null)
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  assert.equal((await reader.read()).value, 'gmcReferenceNumber\r\n')
  for (const part of ['7000001\r\n', '7000002\r\n']) {
    next.emit('part', part)
    assert.equal((await reader.read()).value, part)
  }
  next.emit('part', null)
  await assert.rejects(reader.read(), TypeError)
})

test('no service listens', async (t) => {
  const gateway = await gatewayAt(t, await HttpInstallation.make(t), 'http://127.0.0.1:1', LONG_MS)
  assert.equal((await gateway.inject('/api/v1/doctors')).statusCode, 503)
})

test('a caller who leaves is not a failure of the service', async (t) => {
  const leaving = new AbortController()
  const url = await standIn(t, () => leaving.abort())
  const asked = { list: 'doctors', parameters: {}, permitted: null, authorization: null } as const
  const lists = remoteLists({ service: 'recommendation', url, timeoutMs: LONG_MS })
  await assert.rejects(lists.doctors({ ...asked, signal: leaving.signal }), { code: 'INTERRUPTED' })
})

test('the address of a service in the same process is not used', async (t) => {
  const nowhere = { REVAL_RECOMMENDATION_URL: 'http://127.0.0.1:1', REVAL_CONNECTION_URL: 'http://127.0.0.1:1' }
  const http = await HttpInstallation.make(t, undefined, nowhere)
  assert.equal((await runToEnd(http.worker)).state, 'live')
  for (const path of ['/api/v1/doctors', '/api/connection']) assert.equal((await http.get(path)).status, 200)
})

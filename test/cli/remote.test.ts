import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test, type TestContext } from 'node:test'
import type { RunView } from '../../src/app/run-view.ts'
import { COMPARED, EXIT } from '../../src/cli/exit-status.ts'
import { HttpInstallation } from '../app/http/installation.ts'
import { at, reval } from './reval.ts'

const TOKEN = 'sixteen-letters-of-a-token'

const cleaning: (() => Promise<void>)[] = []
let http: HttpInstallation
before(async () => {
  const owner = { after: (clean: () => Promise<void>) => cleaning.push(clean) }
  http = await HttpInstallation.make(owner, undefined, {
    REVAL_OPERATOR_TOKEN: TOKEN,
    REVAL_CHECK_FEWEST_ROWS: '1000000',
  })
})
after(async () => {
  for (const clean of cleaning.reverse()) await clean()
})

/** Runs a command against the installation, or one at another address. */
function remotely(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return reval(args, { env: { REVAL_URL: http.server.address, REVAL_TOKEN: TOKEN, ...env } })
}

async function json<T>(args: readonly string[], code: number = EXIT.done): Promise<T> {
  const ended = await remotely([...args, '--json'])
  assert.equal(ended.code, code, ended.err)
  return JSON.parse(ended.out) as T
}

/** The address of a server that answers as `answer` does. */
async function serving(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  // An address of TCP.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An address at which nothing listens. */
async function closed(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

describe('commands against a remote installation', () => {
  test('run, decide and look as on this machine, with the same text and JSON', async () => {
    const none = await remotely(['status'])
    assert.deepEqual([none.code, none.out], [EXIT.done, 'No runs yet. Next: reval sync\n'])
    const first = await json<RunView>(['sync'])
    assert.equal(first.state, 'live')
    await http.place.loadFew({ label: 'after' })

    const preview = await json<RunView>(['sync', '--preview', '--expect', 'a test'])
    assert.partialDeepStrictEqual(preview, { state: 'held back', expect: 'a test', failure: { code: 'PREVIEW' } })
    // A remedy for the command line, not for HTTP.
    assert.match(preview.failure?.remedy ?? '', /reval compare/)
    assert.partialDeepStrictEqual(await json(['promote', '--why', 'a test']), { live: { run: preview.id } })
    assert.partialDeepStrictEqual(await json(['rollback', '--why', 'a test']), { live: { run: first.id } })
    await json(['sync', '--preview'])
    assert.match((await remotely(['discard', '--why', 'a test'])).out, /is discarded\. The live generation/)
    const nothing = await remotely(['discard', '--why', 'a test'])
    assert.match(nothing.err, /^error GENERATION_UNKNOWN: no run is held back/)
    assert.match((await remotely(['cancel'])).err, /^error RUN_UNKNOWN: no run is in progress/)

    await json(['verify'], 1)
    assert.match((await remotely(['verify', '--limit', '1'])).out, /^ *first 1 of \d+:$/m)
    await json(['resync', '1', '7654321'])
    await json(['explain', '7000001'])
    await json(['failures', 'list'])
    assert.match((await remotely(['failures', 'replay', '--all'])).out, /No failures to replay/)
    assert.match((await remotely(['failures', 'discard', '--all', '--why', 'a test'])).out, /^0 discarded/)
    assert.match((await remotely(['failures', 'show', 'doctors/x/y'])).err, /^error FAILURE_UNKNOWN: /)
    await json(['erase', '7000006', '--why', 'a test'])
    await json(['erase', '--list'])

    // What the directory of the services says, read beside them.
    const here = at(http.place.directory)
    for (const args of [
      ...[['runs'], ['status', first.id], ['audit', '--limit', '3'], ['erase', '--list']],
      ...[
        ['compare', 'previous', 'live'],
        ['compare', 'previous', 'live', '--limit', '0', '--list', 'connectedindex'],
      ],
      ...[
        ['list', 'connected', '--size', '2', '--sort', 'doctorLastName', '--descending'],
        ['find', '7000'],
      ],
      ['list', 'doctors', '--search', 'o', '--filter', 'underNotice=true', '--body', '1-1RSSQ1B,x'],
    ]) {
      for (const form of args[0] === 'audit' ? [[]] : [[], ['--json']]) {
        const [there, beside] = [await remotely([...args, ...form]), await reval([...args, ...form, ...here])]
        assert.deepEqual([there.code, there.err], [beside.code, beside.err], args.join(' '))
        // The order of fields is not part of JSON.
        if (form.length === 0) assert.equal(there.out, beside.out)
        else assert.deepEqual(JSON.parse(there.out), JSON.parse(beside.out))
      }
    }
    for (const args of [
      ['compare', 'previous', 'live', '--csv'],
      ['list', 'all', '--csv', '--search', '7000', '--body', 'x'],
      ['find', '7000', '--csv'],
    ]) {
      const [there, beside] = [await remotely(args), await reval([...args, ...here])]
      assert.deepEqual(there, beside, args.join(' '))
      assert.ok(there.out.length > 40, there.out)
    }
    assert.equal((await remotely(['find', 'nobody-of-this-name'])).code, EXIT.failed)
    const unknown = await remotely(['compare', 'nothing'])
    assert.deepEqual([unknown.code, unknown.err.split(':')[0]], [COMPARED.unknown, 'error RUN_UNKNOWN'])
    const audit = await json<{ entries: { who: string; what: string; subject: string | null }[] }>([
      'audit',
      '--limit',
      '500',
    ])
    assert.ok(audit.entries.some(({ who, what }) => who === 'operator token' && what === 'POST /api/sync/erase'))
    // A searched number is on record; a searched name is not.
    const searches = audit.entries.filter(({ what }) => what === 'GET /api/sync/find').map(({ subject }) => subject)
    assert.ok(searches.some((subject) => subject?.includes('"searchQuery":"7000"')))
    assert.ok(!searches.some((subject) => subject?.includes('nobody')))
  })

  test('that lets in only with a token', async () => {
    for (const REVAL_TOKEN of ['', 'wrong']) {
      const refused = await remotely(['runs', '--json'], { REVAL_TOKEN })
      assert.equal(refused.code, EXIT.failed)
      const { error } = JSON.parse(refused.err) as { error: { code: string; remedy: string } }
      assert.equal(error.code, 'NOT_SIGNED_IN')
      assert.match(error.remedy, /REVAL_TOKEN/)
    }
  })

  test('only those that ask one; --data-dir overrides REVAL_URL', async () => {
    for (const args of [
      ['load', 'x'],
      ['demo'],
      ['start'],
      ['config', 'check'],
      ['export', 'masterdoctorindex'],
      ['adopt', '--why', 'x'],
    ]) {
      const refused = await remotely(args)
      assert.equal(refused.code, EXIT.usage, args.join(' '))
      assert.match(refused.err, /^error USAGE: cannot work with --url or REVAL_URL: \w/)
    }
    assert.equal((await remotely(['errors'])).code, EXIT.done)
    assert.equal((await remotely(['verify', '--sample', '3'])).code, EXIT.usage)
    const both = await reval(['runs', '--url', http.server.address, '--data-dir', 'x'])
    assert.equal(both.code, EXIT.usage)
    const here = await remotely(['runs', '--data-dir', http.place.directory, '--json'], {
      REVAL_URL: 'http://127.0.0.1:9',
    })
    assert.equal(here.code, EXIT.done, here.err)
  })

  test('a token is never sent in clear, nor quoted', async () => {
    const clear = await remotely(['runs', '--url', 'http://reval.example'])
    assert.match(clear.err, /^error CONFIG_INVALID: .*\n {2}REVAL_URL: .*https/)
    const odd = await remotely(['runs'], { REVAL_TOKEN: 'two words' })
    assert.match(odd.err, /REVAL_TOKEN: must be one word/)
    for (const { err } of [clear, odd]) assert.doesNotMatch(err, /two words|sixteen/)
  })

  test('addresses at which something else answers, or nothing', async (t) => {
    let isAsked = false
    const other = await serving(t, (_request, response) => {
      isAsked = true
      response.end()
    })
    const cases: readonly (readonly [RequestListener, code: string, said: RegExp])[] = [
      [
        (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sign in'),
        'INSTALLATION_UNSUITABLE',
        /something other than JSON/,
      ],
      [
        (_, response) => response.writeHead(302, { location: `${other}/login?next=runs` }).end(),
        'INSTALLATION_UNSUITABLE',
        /redirects to http:\/\/127\.0\.0\.1:\d+, /,
      ],
      [(_, response) => response.writeHead(401).end('no'), 'NOT_SIGNED_IN', /token/],
      [(_, response) => response.writeHead(403).end('no'), 'NOT_ALLOWED', /allow/],
      [(_, response) => response.writeHead(502).end('<h1>Bad gateway'), 'INSTALLATION_UNREACHABLE', /502/],
      [(_, response) => response.writeHead(418).end(), 'INSTALLATION_UNSUITABLE', /418/],
      [
        (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"runs": 3}'),
        'INSTALLATION_UNSUITABLE',
        /unexpected/,
      ],
      [
        (_, response) =>
          response
            .writeHead(404, { 'content-type': 'application/problem+json' })
            .end(JSON.stringify({ code: 'USAGE', detail: 'not found: GET /api/sync/runs', details: {} })),
        'INSTALLATION_UNSUITABLE',
        /another version/,
      ],
      [
        (_, response) =>
          response
            .writeHead(409, { 'content-type': 'application/problem+json' })
            .end(JSON.stringify({ code: 'OF_LATER_VERSIONS', detail: 'who knows', details: {} })),
        'INSTALLATION_UNSUITABLE',
        /OF_LATER_VERSIONS: who knows/,
      ],
      [(request) => request.socket.destroy(), 'INSTALLATION_UNREACHABLE', /connection/],
    ]
    for (const [answer, code, said] of cases) {
      const { err, out, code: status } = await remotely(['runs'], { REVAL_URL: await serving(t, answer) })
      assert.match(err, new RegExp(`^error ${code}: .*\\(GET http://127`), said.source)
      assert.match(err, said)
      assert.equal(out, '')
      assert.equal(status, code === 'INSTALLATION_UNREACHABLE' ? EXIT.unreachable : EXIT.failed)
    }
    assert.equal(isAsked, false)
    const nothing = await remotely(['runs'], { REVAL_URL: await closed() })
    assert.equal(nothing.code, EXIT.unreachable)
    assert.match(nothing.err, /^error INSTALLATION_UNREACHABLE: nothing listens/)
    const plain = await remotely(['runs'], { REVAL_URL: other.replace('http:', 'https:') })
    assert.match(plain.err, /^error INSTALLATION_UNTRUSTED: /)
  })

  test('a later version with more fields is understood', async (t) => {
    const address = await serving(t, (_, response) => {
      const more = { more: 1, live: { generation: 'g', run: 'r', size: 3 } }
      const view = { current: null, previous: null, heldBack: null, java: null, stale: [], runs: [], ...more }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(view))
    })
    const { out } = await remotely(['runs', '--json'], { REVAL_URL: address })
    assert.partialDeepStrictEqual(JSON.parse(out), { live: { generation: 'g', run: 'r' }, runs: [] })
  })
})

describe('an installation that is hostile', () => {
  test('cannot fill the memory', async (t) => {
    const piece = Buffer.alloc(1_048_576, ' ')
    const address = await serving(t, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const fill = () => {
        while (!response.destroyed && response.write(piece));
        response.once('drain', fill)
      }
      fill()
    })
    const { err } = await remotely(['status'], { REVAL_URL: address })
    assert.match(err, /INSTALLATION_UNSUITABLE: the address answers with more than/)
  })

  test('sends no control characters to the terminal', async (t) => {
    const address = await serving(t, (_request, response) => {
      response.writeHead(409, { 'content-type': 'application/problem+json' })
      response.end(JSON.stringify({ code: 'RUN_OVER', detail: 'over \u001b[2J', details: {} }))
    })
    const { err } = await remotely(['status'], { REVAL_URL: address })
    assert.ok(err.includes('over \\u001b[2J'), err)
  })
})

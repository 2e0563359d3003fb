import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { describe, test, type TestContext } from 'node:test'
import type { RunsView } from '../../src/app/runs-view.ts'
import { EXIT } from '../../src/cli/exit-status.ts'
import { runProgram } from '../../src/cli/program.ts'
import { StandardStreams } from '../../src/cli/standard-streams.ts'

const NO_RUNS: RunsView = { current: null, live: null, previous: null, heldBack: null, java: null, stale: [], runs: [] }

/** A server whose answers to `GET /api/sync/runs` the test gives, one after the other; the last is repeated. */
async function answering(t: TestContext, answers: readonly (RunsView | 'away')[]): Promise<string> {
  let at = 0
  const server = createServer((_request, response) => {
    const answer = answers[Math.min(at, answers.length - 1)]
    at += 1
    if (answer === 'away') response.writeHead(502).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  // An address of TCP.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Watches the runs of a server until both outputs match, and then interrupts. */
async function watching(
  address: string,
  args: readonly string[],
  until: { readonly out: RegExp; readonly err?: RegExp },
  terminal: object = {},
) {
  const text = { out: '', err: '' }
  const interrupt = new AbortController()
  const collecting = (name: keyof typeof text) =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text[name] += chunk.toString().replaceAll('\u001B', 'ESC')
        if (until.out.test(text.out) && (until.err?.test(text.err) ?? true)) interrupt.abort()
        done()
      },
    })
  const code = await runProgram(['runs', '--watch', ...args], {
    environment: { REVAL_URL: address },
    streams: new StandardStreams(Object.assign(collecting('out'), terminal), collecting('err')),
    stopSignal: () => interrupt.signal,
    watchEveryMs: 10,
    exitStatus: { done: 0, failed: null },
  })
  return { code, ...text }
}

describe('--watch', { concurrency: 4 }, () => {
  const kept = { ...NO_RUNS, live: { generation: 'g', run: 'r' } }
  const stale = [{ kept: 'live', run: 'r', generation: 'g', reason: 'a test', at: null }] as const

  test('appends what changed, with the time; a server that is away is asked again', async (t) => {
    const address = await answering(t, [NO_RUNS, 'away', 'away', NO_RUNS, { ...kept, stale }])
    const { code, out, err } = await watching(address, [], { out: /a test/ })
    assert.equal(code, EXIT.interrupted)
    const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ'
    assert.match(out, new RegExp(`^${time}\nNo runs yet\n${time}\nNo runs yet\nlive run r is stale: a test\n$`))
    assert.match(err, new RegExp(`^${time} no answer: INSTALLATION_UNREACHABLE: .*\n${time} answers again\n$`))
  })

  test('prints JSON on one line each', async (t) => {
    const address = await answering(t, [NO_RUNS, kept])
    const { code, out } = await watching(address, ['--json'], { out: /"run":"r"/ })
    assert.equal(code, EXIT.interrupted)
    assert.deepEqual(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
      [NO_RUNS, kept],
    )
  })

  test('draws over the last reading on a terminal, as much as fits', async (t) => {
    const many = Array.from({ length: 30 }, () => stale[0])
    const address = await answering(t, [{ ...kept, stale: many }, 'away', NO_RUNS])
    const terminal = { isTTY: true, columns: 30, rows: 10 }
    const { code, out } = await watching(address, [], { out: /No runs yetESC\[K\nESC\[J$/ }, terminal)
    assert.equal(code, EXIT.interrupted)
    const drawings = out.split('ESC[H').slice(1)
    const lines = drawings.map((drawing) =>
      drawing
        .replaceAll(/ESC\[./g, '')
        .trimEnd()
        .split('\n'),
    )
    assert.ok(lines.every((each) => each.length < 10))
    assert.ok(lines.flat().every((line) => line.length <= 30))
    assert.match(lines[0]?.at(-1) ?? '', /^… \d+ more lines$/)
    assert.match(lines[1]?.[0] ?? '', /no answ/)
    assert.equal(lines.at(-1)?.[1], 'No runs yet')
  })

  test('ends with an error that waiting does not mend', async (t) => {
    const refused = await watching(await answering(t, ['away']), [], { out: /never/ })
    assert.equal(refused.code, EXIT.unreachable)
  })
})

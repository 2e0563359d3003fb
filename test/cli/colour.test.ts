import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import tty from 'node:tty'
import { runProgram } from '../../src/cli/program.ts'
import { StandardStreams } from '../../src/cli/standard-streams.ts'
import { Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { at } from './reval.ts'

const cleaning: (() => Promise<void>)[] = []
let place: Workplace
before(async () => {
  place = await Workplace.make({ after: (clean) => cleaning.push(clean) })
  await place.loadFew()
  assert.equal((await runAnew(place)).state, 'live')
})
after(async () => {
  for (const clean of cleaning) await clean()
})

/** A terminal without a device. */
const TTY = Object.create(tty.WriteStream.prototype) as tty.WriteStream
const TERMINAL = { TERM: 'xterm-256color' }

/** What a command prints on standard output and standard error, both a terminal or neither. */
async function printed(args: readonly string[], environment: Readonly<Record<string, string>>, isTerminal: boolean) {
  let text = ''
  const stream = () => {
    const write = (chunk: Buffer, _encoding: string, done: () => void) => {
      text += chunk.toString().replaceAll('\u001B', 'ESC')
      done()
    }
    const terminal = { isTTY: true, columns: 200, hasColors: (env: object) => TTY.hasColors(env) }
    return Object.assign(new Writable({ write }), isTerminal ? terminal : {})
  }
  await runProgram([...args, ...at(place.directory)], {
    environment,
    streams: new StandardStreams(stream(), stream()),
    stopSignal: () => new AbortController().signal,
    exitStatus: { done: 0, failed: null },
  })
  return text
}

describe('colours', () => {
  test('are those of the state, on a terminal', async () => {
    for (const command of ['runs', 'status'])
      assert.match(await printed([command], TERMINAL, true), /ESC\[32mliveESC\[39m/, command)
    assert.match(await printed(['status', 'nothing'], TERMINAL, true), /^ESC\[31merror RUN_UNKNOWNESC\[39m: /)
  })

  test('are nowhere else', async () => {
    const cases: readonly (readonly [string[], Record<string, string>, boolean])[] = [
      [[], TERMINAL, false],
      [[], { ...TERMINAL, NO_COLOR: '1' }, true],
      [[], { TERM: 'dumb' }, true],
      [[], { ...TERMINAL, FORCE_COLOR: '0' }, true],
      [['--no-color'], TERMINAL, true],
      [['--no-color'], { ...TERMINAL, FORCE_COLOR: '1' }, true],
      [['--json'], TERMINAL, true],
    ]
    for (const [args, environment, isTerminal] of cases) {
      const text = await printed(['runs', ...args], environment, isTerminal)
      assert.ok(text.includes('live') && !text.includes('ESC'), JSON.stringify([args, environment, isTerminal]))
    }
  })

  test('may be forced', async () => {
    assert.ok((await printed(['runs'], { FORCE_COLOR: '1' }, false)).includes('ESC[32m'))
  })
})

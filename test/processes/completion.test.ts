import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { at, folder, reval, REVAL } from '../cli/reval.ts'

/** What completes the last word, without the meanings. */
async function completed(...words: readonly string[]): Promise<readonly string[]> {
  const { code, out, err } = await reval(['complete', '--', ...words])
  assert.deepEqual([code, err], [0, ''])
  return out.split('\n').flatMap((line) => line.split('\t')[0] || [])
}

describe('what completes a line', () => {
  test('commands, their commands, options and choices', async () => {
    const commands = await completed('')
    for (const name of ['sync', 'status', 'failures', 'completion', 'help']) assert.ok(commands.includes(name), name)
    assert.ok(!commands.includes('complete'))
    assert.deepEqual(await completed('sta'), ['status', 'start'])
    assert.deepEqual(await completed('failures', 're'), ['replay'])
    assert.deepEqual(await completed('help', 'explai'), ['explain'])
    assert.deepEqual(await completed('status', '--j'), ['--json'])
    assert.deepEqual(await completed('status', '--json', '--j'), [])
    assert.ok(!(await completed('start', '--')).includes('--url'))
    assert.deepEqual(await completed('export', 'master'), ['masterdoctorindex'])
    assert.deepEqual(await completed('export', '--generation', 'pre'), ['previous'])
    assert.deepEqual(await completed('export', '--generation=pre'), ['--generation=previous'])
    // As bash splits it.
    assert.deepEqual(await completed('export', '--generation', '=', 'pre'), ['previous'])
    assert.deepEqual(await completed('start', 'tcs', 'rec'), ['recommendation'])
    assert.deepEqual(await completed('list', 'disc'), ['disconnected', 'discrepancies'])
    assert.deepEqual(await completed('find', '--list', 'exc'), ['exception'])
    assert.deepEqual(await completed('load', ''), [':directories'])
    assert.deepEqual(await completed('runs', '--data-dir', './'), [':directories'])
    assert.deepEqual(await completed('nothing', 'of', 'this', ''), [])
    assert.deepEqual(await completed('explain', '--limit', '"$(exit 1)'), [])
  })

  test('ids of runs, if they are read at once', async (t) => {
    const place = await Workplace.make(t)
    await place.loadFew()
    const { id } = await runAnew(place)
    const where = at(place.directory)
    assert.deepEqual(await completed('status', ...where, id.slice(0, 4)), [id])
    assert.deepEqual(await completed('compare', ...where, ''), ['live', 'previous', 'held-back', 'java', id])
    assert.deepEqual(await completed('compare', ...where, 'live', 'h'), ['held-back'])
    assert.deepEqual(await completed('status', ...at(join(place.directory, 'nowhere')), ''), [])
    assert.deepEqual(await completed('status', '--url', 'http://127.0.0.1:9', ''), [])
  })
})

/** Runs a shell in a folder with a `here` and a `data`; its lines of output, sorted. */
async function inShell(t: TestContext, shell: string, args: readonly string[], script: string) {
  const cwd = await folder(t)
  for (const name of ['here', 'data']) await mkdir(join(cwd, name))
  const env = { ...process.env, PATH: `${join(REVAL, '..')}:${process.env.PATH ?? ''}`, HOME: cwd }
  const { stdout } = await promisify(execFile)(shell, [...args, script], { cwd, env, timeout: 60_000 })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort()
}

const missing = (shell: string) => (existsSync(shell) ? false : `${shell} is not on this machine`)

describe('the scripts complete in', { concurrency: 3 }, () => {
  // Each line starts a process. Nothing of it is evaluated: the second would make a file.
  const LINES = ['reval load h', 'reval find "$(touch made)" --lis']
  const EXPECTED = ['--list', 'here']

  test('bash', { skip: missing('/bin/bash') }, async (t) => {
    const script = `
      ${await scriptFor('bash')}
      complete_line() {
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _reval_complete; printf '%s\\n' "\${COMPREPLY[@]%/}"
      }
      complete_line reval load h
      complete_line reval find '"$(touch made)"' --lis
      ls | grep made || true`
    assert.deepEqual(await inShell(t, '/bin/bash', ['--norc', '-c'], script), EXPECTED)
  })

  test('fish', { skip: missing('/usr/bin/fish') }, async (t) => {
    const lines = LINES.map((line) => `complete -C '${line}'`).join('; ')
    const script = `${await scriptFor('fish')}\n${lines}; ls | grep made; true`
    const found = await inShell(t, '/usr/bin/fish', ['--no-config', '-c'], script)
    assert.deepEqual(
      found.map((line) => (line.split('\t')[0] ?? '').replace(/\/$/, '')),
      EXPECTED,
    )
    assert.match(found[0] ?? '', /^--list\tsearch only this list/)
  })

  test('zsh', { skip: missing('/usr/bin/zsh') }, async (t) => {
    // What would be shown is printed: a real menu needs a terminal.
    const script = `
      compdef() { :; }
      _describe() { print -l -- "\${(@P)2%%:*}"; }
      _files() { print -l -- \${words[CURRENT]}*(/); }
      ${await scriptFor('zsh')}
      complete_line() { words=("\${(@)argv}"); CURRENT=\${#words}; _reval; }
      complete_line reval load h
      complete_line reval find '"$(touch made)"' --lis
      ls | grep made; true`
    assert.deepEqual(await inShell(t, '/usr/bin/zsh', ['-f', '-c'], script), EXPECTED)
  })
})

async function scriptFor(shell: string): Promise<string> {
  return (await reval(['completion', shell])).out
}

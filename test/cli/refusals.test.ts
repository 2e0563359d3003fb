import assert from 'node:assert/strict'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { folder, REVAL, reval, SAMPLE } from './reval.ts'

describe('what reval refuses, and how it is told', { concurrency: 2 }, () => {
  test('load names every fault with file, line, column and reason, and leaves the sources alone', async (t) => {
    const place = await folder(t)
    const where = ['--data-dir', join(place, 'data')]
    assert.equal((await reval(['load', SAMPLE, ...where])).code, 0)
    assert.equal((await reval(['sync', ...where])).code, 0)
    const before = await reval(['export', 'masterdoctorindex', ...where])

    const broken = join(place, 'broken')
    await cp(SAMPLE, broken, { recursive: true })
    const spoil = async (file: string, change: (lines: string[]) => void) => {
      const lines = (await readFile(join(broken, file), 'utf8')).split('\n')
      change(lines)
      await writeFile(join(broken, file), lines.join('\n'))
    }
    await spoil('tcs/Programme.csv', (lines) => lines.splice(3, 0, '"never closed'))
    await spoil('gmc/doctorsForDB.jsonl', (lines) => {
      lines[4] = (lines[4] ?? '').replace(/"underNotice":\s*"\w+"/, '"underNotice":"PERHAPS"')
      lines[6] = '{"_id":'
    })
    const refused = await reval(['load', broken, ...where])
    assert.equal(refused.code, 1)
    assert.match(refused.err, /LOAD_REFUSED/)
    assert.match(refused.err, /Programme\.csv/)
    assert.match(refused.err, /doctorsForDB\.jsonl.*5.*underNotice.*PERHAPS/)
    assert.match(refused.err, /doctorsForDB\.jsonl.*7/)
    assert.equal((await reval(['sync', ...where])).code, 0)
    assert.equal((await reval(['export', 'masterdoctorindex', ...where])).out, before.out)
  })

  test('a folder that is none, a directory that is not ours, one of a newer version', async (t) => {
    const place = await folder(t)
    const missing = await reval(['load', join(place, 'nowhere'), '--data-dir', join(place, 'data')])
    assert.equal(missing.code, 1)
    assert.match(missing.err, /nowhere/)

    const foreign = join(place, 'foreign')
    await mkdir(foreign)
    await writeFile(join(foreign, 'thesis.txt'), 'precious')
    const refused = await reval(['demo-data', '--data-dir', foreign])
    assert.equal(refused.code, 1)
    assert.match(refused.err, /DATA_DIR_UNUSABLE/)

    const newer = join(place, 'newer')
    await mkdir(newer)
    await writeFile(join(newer, 'format'), 'reval-sync data directory, format 99\n')
    for (const command of ['demo-data', 'sync', 'status']) {
      const told = await reval([command, '--data-dir', newer])
      assert.equal(told.code, 1)
      assert.match(told.err, /DATA_DIR_NEWER/, command)
    }
  })

  test('settings at fault are told all at once, before anything is opened; --json tells them as JSON', async (t) => {
    const place = await folder(t)
    const env = { REVAL_PORT: 'many', REVAL_MESAGE_ROWS: '5', REVAL_CHECK_MAX_SHRINK: '7' }
    const told = await reval(['status', '--data-dir', join(place, 'data')], { env })
    assert.equal(told.code, 1)
    assert.match(told.err, /CONFIG_INVALID/)
    for (const name of Object.keys(env)) assert.match(told.err, new RegExp(name))
    assert.match(told.err, /REVAL_MESSAGE_ROWS/)
    const json = await reval(['status', '--json', '--data-dir', join(place, 'data')], { env })
    assert.partialDeepStrictEqual(JSON.parse(json.err), { error: { code: 'CONFIG_INVALID' } })
    assert.equal(json.out, '')
  })

  test('what is no command, option or index is refused with what there is', async (t) => {
    const place = await folder(t)
    for (const [args, said] of [
      [['snyc'], /sync/],
      [['sync', '--fast'], /--fast/],
      [['export', 'masterindex'], /masterdoctorindex/],
      [['demo-data', '--doctors', '0'], /whole number/],
      [['export', 'masterdoctorindex', '--day', '2026-02-30'], /calendar/],
      [['start', 'tcs', '--data-dir', join(place, 'data')], /all four services/],
    ] as const) {
      const { code, err } = await reval(args)
      assert.notEqual(code, 0, args.join(' '))
      assert.match(err, said)
    }
  })

  test('every command explains itself', async () => {
    const { code, out } = await reval(['--help'])
    assert.equal(code, 0)
    const commands = [...out.matchAll(/^ {2}([a-z-]+) /gm)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'help')
    assert.ok(commands.length >= 12)
    // The others are made alike; each costs a process.
    for (const command of ['load', 'sync', 'export', 'start']) {
      assert.ok(commands.includes(command))
      const help = await reval([command, '--help'])
      assert.equal(help.code, 0, command)
      assert.match(help.out, new RegExp(`^Usage: reval ${command}`))
    }
  })

  test('it works from any folder, by a link, and beside an old Node', async (t) => {
    const place = await folder(t)
    const link = join(place, 'reval')
    await symlink(REVAL, link)
    const old = join(place, 'old')
    await mkdir(old)
    await writeFile(join(old, 'node'), '#!/bin/sh\necho 18\n', { mode: 0o755 })
    const env = { PATH: `${old}:${process.env.PATH ?? ''}` }
    const made = await reval(['demo-data', '--doctors', '20'], { cwd: place, program: link, env })
    assert.equal(made.code, 0, made.err)
    // Without --data-dir it is ./data of the folder where it was called.
    const { code } = await reval(['sync', '--data-dir', join(place, 'data')], { env: { REVAL_LOG_LEVEL: 'error' } })
    assert.equal(code, 0)
    const named = await reval(['status'], { env: { REVAL_DATA_DIR: join(place, 'data') } })
    assert.match(named.out, /live/)
  })
})

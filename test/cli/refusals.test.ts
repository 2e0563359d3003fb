import assert from 'node:assert/strict'
import { NOBODY, noOtherUser } from '../another-user.ts'
import { chmod, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { expectedDocuments, Workplace } from '../app/job/workplace.ts'
import { runAnew } from '../crash/crashing.ts'
import { at, folder, REVAL, reval, revalProcess, ROOT, SAMPLE } from './reval.ts'

describe('what reval refuses, and its messages', { concurrency: 2 }, () => {
  test('load lists every error with file, line, column and reason, and leaves the sources unchanged', async (t) => {
    const place = await Workplace.make(t)
    const where = at(place.directory)
    await place.loadSample()
    const broken = join(await folder(t), 'broken')
    await cp(SAMPLE, broken, { recursive: true })
    const spoil = async (file: string, change: (lines: string[]) => void) => {
      const lines = (await readFile(join(broken, file), 'utf8')).split('\n')
      change(lines)
      await writeFile(join(broken, file), lines.join('\n'))
    }
    await spoil('tcs/ProgrammeMembership.csv', (lines) => {
      lines[2] = (lines[2] ?? '').replace(/\d{4}-\d\d-\d\d$/, '2026-02-30')
    })
    await spoil('gmc/doctorsForDB.jsonl', (lines) => {
      lines[4] = (lines[4] ?? '').replace(/"underNotice":\s*"\w+"/, '"underNotice":"PERHAPS"')
      lines[6] = '{"_id":'
    })

    const refused = await reval(['load', broken, ...where])
    const json = await reval(['load', broken, '--json', ...where])
    assert.equal(refused.code, 1)
    assert.match(refused.err, /^error LOAD_REFUSED: /m)
    assert.match(refused.err, /^ {2}gmc\/doctorsForDB\.jsonl:5:underNotice: .*PERHAPS/m)
    assert.match(refused.err, /^ {2}gmc\/doctorsForDB\.jsonl:7: /m)
    assert.match(refused.err, /^ {2}tcs\/ProgrammeMembership\.csv:3:programmeEndDate: .*2026-02-30/m)
    assert.match(refused.err, /^what to do: Correct what is listed/m)
    assert.deepEqual([json.code, json.out], [1, ''])
    const { error } = JSON.parse(json.err) as { error: { code: string; details: { total: number } } }
    assert.deepEqual([error.code, error.details.total], ['LOAD_REFUSED', 3])

    assert.equal((await runAnew(place)).state, 'live')
    assert.deepEqual(await place.documents(), expectedDocuments())
  })

  test('load counts and reports suspicious values, with --json as data', async (t) => {
    const place = await folder(t)
    const exports = join(place, 'exports')
    await cp(SAMPLE, exports, { recursive: true })
    await writeFile(join(exports, 'tcs/GmcDetails.csv'), 'id,gmcNumber\n1,NULL\n2,\\N\n3,123\n4,n/a\n')
    const where = at(join(place, 'data'))
    const told = await reval(['load', exports, ...where])
    assert.equal(told.code, 0, told.err)
    assert.match(told.out, /^tcs\/GmcDetails\.csv gmcNumber +nothing +2 +line 2: "NULL"$/m)
    assert.match(told.out, /^tcs\/GmcDetails\.csv gmcNumber +no GMC number +1 +line 4: "123"$/m)
    const { odd } = JSON.parse((await reval(['load', exports, '--json', ...where])).out) as { odd: object[] }
    const inNumbers = odd.filter((each) => 'file' in each && each.file === 'tcs/GmcDetails.csv')
    assert.deepEqual(inNumbers, [
      { file: 'tcs/GmcDetails.csv', column: 'gmcNumber', looksLike: 'nothing', rows: 2, line: 2, example: '"NULL"' },
      {
        file: 'tcs/GmcDetails.csv',
        column: 'gmcNumber',
        looksLike: 'no GMC number',
        rows: 1,
        line: 4,
        example: '"123"',
      },
    ])
  })

  test('a missing folder, a foreign data directory, and one of a newer version', async (t) => {
    const place = await folder(t)
    const missing = await reval(['load', join(place, 'nowhere'), ...at(join(place, 'data'))])
    assert.equal(missing.code, 1)
    assert.match(missing.err, /nowhere/)

    const foreign = join(place, 'foreign')
    await mkdir(foreign)
    await writeFile(join(foreign, 'thesis.txt'), 'precious')
    const refused = await reval(['demo-data', ...at(foreign)])
    assert.equal(refused.code, 1)
    assert.match(refused.err, /^error DATA_DIR_UNUSABLE: /m)
    assert.deepEqual(await readdir(foreign), ['thesis.txt'])

    const newer = join(place, 'newer')
    await mkdir(newer)
    await writeFile(join(newer, 'format'), 'reval-sync data directory, format 99\n')
    for (const command of ['sync', 'status']) {
      const told = await reval([command, ...at(newer)])
      assert.equal(told.code, 1)
      assert.match(told.err, /^error DATA_DIR_NEWER: .*\nwhat to do: /m, command)
    }
    assert.deepEqual(await readdir(newer), ['format'])
  })

  test('databases are read-only unless a script that fills them is set', async (t) => {
    const place = await folder(t)
    const other = join(place, 'other.mjs')
    await writeFile(other, 'export const somethingElse = 1')
    const servers = { REVAL_BACKENDS: 'servers', REVAL_MYSQL_URL: 'mysql://127.0.0.1:9/tcs' }
    for (const args of [
      ['load', SAMPLE],
      ['demo-data', '--force'],
    ]) {
      const refused = await reval(args, { env: servers })
      assert.deepEqual([refused.code, refused.out], [1, ''])
      assert.match(refused.err, /^error SOURCE_READ_ONLY: .*\nwhat to do: .*systems of record/m)
      for (const script of [join(place, 'none.mjs'), other]) {
        const broken = await reval(args, { env: { ...servers, REVAL_FILL_WITH: script } })
        assert.equal(broken.code, 1)
        assert.match(broken.err, /^error CONFIG_INVALID: REVAL_FILL_WITH /m)
      }
    }
  })

  test('a removed working directory is reported; absolute paths still work', async (t) => {
    const place = await folder(t)
    const data = join(place, 'data')
    // The shell stands in a folder that it removes, and becomes reval. It reads the script: a file just written may still be
    // open in a process that is being forked, and is then refused as a program (ETXTBSY).
    const script = join(place, 'removed')
    await writeFile(script, `mkdir "$0.d" && cd "$0.d" && rmdir "$0.d" && exec "${REVAL}" "$@"\n`)
    const fromRemoved = (args: readonly string[]) => revalProcess([script, ...args], { program: '/bin/sh' })
    for (const command of [['load', 'exports'], ['status'], ['config', 'check']]) {
      const { code, err, out } = await fromRemoved(command)
      assert.equal(code, 1, command.join(' '))
      assert.match(`${err}${out}`, /the working directory no longer exists/, command.join(' '))
      assert.doesNotMatch(err, /INTERNAL|^ {4}at /m)
    }
    assert.equal((await fromRemoved(['load', SAMPLE, ...at(data)])).code, 0)
  })

  test(
    'a user who cannot write the data directory learns that reading needs write access',
    { skip: noOtherUser() },
    async (t) => {
      const place = await folder(t)
      const data = join(place, 'data')
      await reval(['demo-data', '--doctors', '20', ...at(data)])
      assert.equal((await reval(['sync', ...at(data)])).code, 0)
      await chmod(place, 0o755)
      for (const file of ['format', 'ledger.sqlite', 'index.sqlite']) await chmod(join(data, file), 0o444)
      await chmod(data, 0o555)
      // Root may write everything: then another user reads.
      const { code, err } = await revalProcess(['runs', ...at(data)], process.getuid?.() === 0 ? { uid: NOBODY } : {})
      assert.equal(code, 1)
      await chmod(data, 0o755)
      assert.match(err, /^error DATA_DIR_UNUSABLE: .*reading also needs write access/m)
    },
  )

  test('all invalid settings are reported at once, before anything is opened; as JSON with --json', async (t) => {
    const place = await folder(t)
    const env = { REVAL_PORT: 'many', REVAL_MESAGE_ROWS: '5', REVAL_CHECK_SHRINK: '7' }
    const told = await reval(['sync', ...at(join(place, 'data'))], { env })
    assert.equal(told.code, 1)
    assert.match(told.err, /^error CONFIG_INVALID: [^]*^what to do: /m)
    for (const name of Object.keys(env)) assert.match(told.err, new RegExp(`^  ${name}: `, 'm'))
    assert.match(told.err, /REVAL_MESAGE_ROWS: .*REVAL_MESSAGE_ROWS/)
    const json = await reval(['sync', '--json', ...at(join(place, 'data'))], { env })
    assert.deepEqual([json.code, json.out], [1, ''])
    const { error } = JSON.parse(json.err) as { error: { code: string; details: { faults: { setting: string }[] } } }
    assert.equal(error.code, 'CONFIG_INVALID')
    assert.deepEqual(error.details.faults.map(({ setting }) => setting).sort(), Object.keys(env).sort())
    assert.deepEqual(await readdir(place), [])
  })

  test('an unknown command, option or index is refused with a hint', async (t) => {
    const place = await folder(t)
    for (const [args, said] of [
      [['snyc'], /sync/],
      [['sync', '--fast'], /--fast/],
      [['export', 'masterindex'], /masterdoctorindex/],
      [['config', 'check', 'masterindex'], /See reval config check --help/],
      [['demo-data', '--doctors', '0'], /whole number/],
      [['export', 'masterdoctorindex', '--day', '2026-02-30'], /YYYY-MM-DD/],
      [['start', 'tcs', '--data-dir', join(place, 'data')], /all four services/],
    ] as const) {
      const { code, err } = await reval(args)
      // Its own exit status: a script can distinguish it from a failed job.
      assert.equal(code, 2, args.join(' '))
      assert.match(err, said)
    }
  })

  test('reval --version prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    assert.deepEqual(await reval(['--version']), { code: 0, out: `${version}\n`, err: '' })
  })

  test('every command has help', async () => {
    const { code, out } = await reval(['--help'])
    assert.equal(code, 0)
    const commands = [...out.matchAll(/^ {2}([a-z-]+) /gm)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'help')
    assert.ok(commands.length >= 12)
    // The others work the same way; each costs a process.
    for (const command of ['load', 'sync', 'export', 'start']) {
      assert.ok(commands.includes(command))
      const help = await reval([command, '--help'])
      assert.equal(help.code, 0, command)
      assert.match(help.out, new RegExp(`^Usage: reval ${command}`))
    }
  })

  test('reval works from any folder, through a link, and next to an old Node', async (t) => {
    const place = await folder(t)
    const link = join(place, 'reval')
    await symlink(REVAL, link)
    const old = join(place, 'old')
    await mkdir(old)
    await writeFile(join(old, 'node'), '#!/bin/sh\necho v18.20.4\n', { mode: 0o755 })
    const env = { PATH: `${old}:${process.env.PATH ?? ''}` }
    const made = await revalProcess(['demo-data', '--doctors', '20'], { cwd: place, program: link, env })
    assert.equal(made.code, 0, made.err)
    // Without --data-dir it is ./data of the folder where it was called.
    const { code } = await reval(['sync', '--data-dir', join(place, 'data')], { env: { REVAL_LOG_LEVEL: 'error' } })
    assert.equal(code, 0)
    const named = await reval(['status'], { env: { REVAL_DATA_DIR: join(place, 'data') } })
    assert.match(named.out, /live/)
  })
})

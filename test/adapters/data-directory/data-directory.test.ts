import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isWorkedOn, openDataDirectory } from '../../../src/adapters/data-directory/data-directory.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'reval-directory-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

test('a worker creates the directory, and has it to itself until it closes', async (t) => {
  const path = join(await folder(t), 'deep', 'data')
  const first = await openDataDirectory(path, { role: 'worker' })
  assert.equal(await isWorkedOn(path), true)
  await assert.rejects(openDataDirectory(path, { role: 'worker' }), (error) => {
    assert.ok(error instanceof RevalError)
    assert.equal(error.code, 'DATA_DIR_IN_USE')
    assert.equal(error.details.pid, process.pid)
    assert.match(error.message, new RegExp(`process ${process.pid} on `))
    return true
  })
  await first.close()
  await first.close()
  assert.equal(await isWorkedOn(path), false)
  await (await openDataDirectory(path, { role: 'worker' })).close()
})

test('readers and fillers work beside a worker, and a filler creates the directory', async (t) => {
  const path = join(await folder(t), 'data')
  const filler = await openDataDirectory(path, { role: 'filler' })
  const worker = await openDataDirectory(path, { role: 'worker' })
  const others = [
    await openDataDirectory(path, { role: 'reader' }),
    await openDataDirectory(path, { role: 'reader' }),
    await openDataDirectory(path, { role: 'filler' }),
  ]
  for (const each of [...others, worker, filler]) await each.close()
})

test("a worker's lock is released however its process ends", async (t) => {
  const path = join(await folder(t), 'data')
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'working-process.ts'), path],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  await once(child.stdout, 'data')
  assert.equal(await isWorkedOn(path), true)
  await assert.rejects(openDataDirectory(path, { role: 'worker' }), (error) => {
    assert.ok(error instanceof RevalError)
    assert.equal(error.details.pid, child.pid)
    return true
  })
  child.kill('SIGKILL')
  await once(child, 'close')
  assert.equal(await isWorkedOn(path), false)
  await (await openDataDirectory(path, { role: 'worker' })).close()
})

test('a reader of a missing directory gets an error with a remedy', async (t) => {
  const path = await folder(t)
  await assert.rejects(openDataDirectory(join(path, 'nowhere'), { role: 'reader' }), {
    code: 'DATA_DIR_UNUSABLE',
    message: /reval load/,
  })
  await assert.rejects(openDataDirectory(path, { role: 'reader' }), { code: 'SOURCE_MISSING' })
  assert.deepEqual(await readdir(path), [])
})

test('a directory of another program is left alone', async (t) => {
  const path = await folder(t)
  await writeFile(join(path, 'thesis.txt'), 'precious')
  for (const role of ['worker', 'filler', 'reader'] as const) {
    await assert.rejects(openDataDirectory(path, { role }), { code: 'DATA_DIR_UNUSABLE' }, role)
  }
  assert.deepEqual(await readdir(path), ['thesis.txt'])
  const file = join(path, 'thesis.txt')
  await assert.rejects(openDataDirectory(file, { role: 'worker' }), { code: 'DATA_DIR_UNUSABLE' })
  assert.equal(await readFile(file, 'utf8'), 'precious')
})

test('a directory with only a scratch directory counts as empty', async (t) => {
  const path = await folder(t)
  await mkdir(join(path, 'scratch'))
  await (await openDataDirectory(path, { role: 'worker' })).close()
  assert.ok((await readdir(path)).includes('format'))
})

test('a directory of a newer version is left alone', async (t) => {
  const path = await folder(t)
  const newer = 'reval-sync data directory, format 2\n'
  await writeFile(join(path, 'format'), newer)
  for (const role of ['worker', 'filler', 'reader'] as const) {
    await assert.rejects(openDataDirectory(path, { role }), { code: 'DATA_DIR_NEWER' }, role)
  }
  assert.deepEqual(await readdir(path), ['format'])
  assert.equal(await readFile(join(path, 'format'), 'utf8'), newer)
})

test('an incomplete format marker is rewritten', async (t) => {
  const path = await folder(t)
  await writeFile(join(path, 'format'), 'reval-sync da')
  await (await openDataDirectory(path, { role: 'worker' })).close()
  assert.match(await readFile(join(path, 'format'), 'utf8'), /^reval-sync data directory, format 1\n$/)
})

test('a directory that cannot be created is an error, for any system error', async (t) => {
  const place = await folder(t)
  await symlink(join(place, 'missing'), join(place, 'link'))
  await writeFile(join(place, 'file'), '')
  const unusable = [join(place, 'link'), join(place, 'link', 'data'), join(place, 'file', 'data')]
  // No directory can be created in /proc; the system reports ENOENT.
  if (existsSync('/proc/self')) unusable.push('/proc/reval-data', '/proc/reval/data')
  for (const path of unusable) {
    for (const role of ['worker', 'filler'] as const) {
      await assert.rejects(openDataDirectory(path, { role }), { code: 'DATA_DIR_UNUSABLE' }, path)
    }
  }
})

test('several processes create the same deep directory at once', async (t) => {
  const path = join(await folder(t), 'a', 'b', 'c', 'data')
  const opened = await Promise.all([1, 2, 3].map(() => openDataDirectory(path, { role: 'filler' })))
  for (const each of opened) await each.close()
})

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

test('a worker makes the directory, and works alone until it lets go', async (t) => {
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

test('readers and fillers go beside a worker, and a filler makes the directory as well', async (t) => {
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

test('the right to work goes with the process, however that ends', async (t) => {
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

test('a reader is told where there is nothing, and what to do', async (t) => {
  const path = await folder(t)
  await assert.rejects(openDataDirectory(join(path, 'nowhere'), { role: 'reader' }), {
    code: 'DATA_DIR_UNUSABLE',
    message: /reval load/,
  })
  await assert.rejects(openDataDirectory(path, { role: 'reader' }), { code: 'SOURCE_MISSING' })
  assert.deepEqual(await readdir(path), [])
})

test('a directory of something else is not touched', async (t) => {
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

test('a directory that holds nothing but the scratch folder of a process on servers is empty', async (t) => {
  const path = await folder(t)
  await mkdir(join(path, 'scratch'))
  await (await openDataDirectory(path, { role: 'worker' })).close()
  assert.ok((await readdir(path)).includes('format'))
})

test('a directory of a newer version is not touched', async (t) => {
  const path = await folder(t)
  const newer = 'reval-sync data directory, format 2\n'
  await writeFile(join(path, 'format'), newer)
  for (const role of ['worker', 'filler', 'reader'] as const) {
    await assert.rejects(openDataDirectory(path, { role }), { code: 'DATA_DIR_NEWER' }, role)
  }
  assert.deepEqual(await readdir(path), ['format'])
  assert.equal(await readFile(join(path, 'format'), 'utf8'), newer)
})

test('a marker whose writing was cut short is written again', async (t) => {
  const path = await folder(t)
  await writeFile(join(path, 'format'), 'reval-sync da')
  await (await openDataDirectory(path, { role: 'worker' })).close()
  assert.match(await readFile(join(path, 'format'), 'utf8'), /^reval-sync data directory, format 1\n$/)
})

test('a directory that cannot be made is told at once, whatever the system calls it', async (t) => {
  const place = await folder(t)
  await symlink(join(place, 'missing'), join(place, 'link'))
  await writeFile(join(place, 'file'), '')
  const unusable = [join(place, 'link'), join(place, 'link', 'data'), join(place, 'file', 'data')]
  // Where there is /proc, nobody can make a directory in it, and the system says that there is nothing of that name.
  if (existsSync('/proc/self')) unusable.push('/proc/reval-data', '/proc/reval/data')
  for (const path of unusable) {
    for (const role of ['worker', 'filler'] as const) {
      await assert.rejects(openDataDirectory(path, { role }), { code: 'DATA_DIR_UNUSABLE' }, path)
    }
  }
})

test('several make the same deep directory at once', async (t) => {
  const path = join(await folder(t), 'a', 'b', 'c', 'data')
  const opened = await Promise.all([1, 2, 3].map(() => openDataDirectory(path, { role: 'filler' })))
  for (const each of opened) await each.close()
})

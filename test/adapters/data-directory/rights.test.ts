import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { NOBODY, noOtherUser } from '../../another-user.ts'
import { at, folder, reval, start } from '../../cli/reval.ts'

const skip = process.platform === 'win32'

/** The modes of a directory and of all in it, by name. */
async function modesIn(directory: string): Promise<Record<string, string>> {
  const modes: Record<string, string> = { '.': await modeOf(directory) }
  for (const name of await readdir(directory, { recursive: true })) modes[name] = await modeOf(join(directory, name))
  return modes
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8)

/** Runs commands with an umask. */
async function withUmask(umask: string, data: string, ...commands: readonly (readonly string[])[]): Promise<void> {
  const words = commands.map((args) => JSON.stringify([...args, ...at(data)]))
  const env = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '' }
  const { code, err } = await start([USING, umask, ...words], { program: process.execPath, env }).ended
  assert.equal(code, 0, err)
}

const USING = join(import.meta.dirname, 'using-process.ts')

/** Fills and syncs, so that every kind of file is there; then some are opened again. */
function used(data: string, umask: string): Promise<void> {
  return withUmask(umask, data, ['demo-data', '--doctors', '50'], ['sync'], ['runs'], ['resync', '1'])
}

function assertAll(modes: Record<string, string>, folders: string, files: string): void {
  const names = Object.keys(modes)
  assert.ok(names.length > 7, names.join(', '))
  for (const [name, mode] of Object.entries(modes)) {
    assert.equal(mode, ['.', 'generations', 'scratch'].includes(name) ? folders : files, name)
  }
}

/** Another user can neither list a data directory, nor read its files. */
async function assertRefused(data: string): Promise<void> {
  const isRefused = (program: string, path: string) =>
    spawnSync(program, [path], { uid: NOBODY, gid: NOBODY }).status !== 0
  assert.ok(isRefused('/bin/ls', data))
  await chmod(data, 0o711)
  const files = (await readdir(data, { withFileTypes: true })).filter((each) => each.isFile())
  for (const { name } of files) assert.ok(isRefused('/bin/cat', join(data, name)), name)
}

describe('a data directory', { skip, concurrency: 2 }, () => {
  for (const umask of ['000', '077']) {
    test(`is for its owner alone, whatever the umask, and no other user reads it (${umask})`, async (t) => {
      const data = join(await folder(t), 'data')
      await used(data, umask)
      assertAll(await modesIn(data), '700', '600')
      // Only root can become another user.
      if (process.getuid?.() !== 0 || noOtherUser() !== false) return
      await chmod(dirname(data), 0o755)
      await assertRefused(data)
    })
  }

  test('that an earlier version made is tightened when it is used (022)', async (t) => {
    const data = join(await folder(t), 'data')
    await used(data, '022')
    assertAll(await modesIn(data), '700', '600')
    for (const name of ['.', ...(await readdir(data, { recursive: true }))]) {
      const path = join(data, name)
      await chmod(path, (await stat(path)).isDirectory() ? 0o755 : 0o644)
    }
    const warned = await reval(['config', 'check', ...at(data)])
    assert.match(warned.out, /rights to the data directory.*other users may read personal data \(755\)/)
    await withUmask('022', data, ['resync', '1'])
    assertAll(await modesIn(data), '700', '600')
    assert.match((await reval(['config', 'check', ...at(data)])).out, /for its owner alone \(700\)/)
  })

  test('that the operator shares with a group (chmod g+ws) stays shared, and closed to all others', async (t) => {
    const data = join(await folder(t), 'data')
    await mkdir(data)
    await chmod(data, 0o2775)
    await used(data, '077')
    assertAll(await modesIn(data), '2770', '660')
    assert.match((await reval(['config', 'check', ...at(data)])).out, /shared with its group \(2770\)/)
  })
})

test('a worker does not write keys of persons beside the data', { skip }, async (t) => {
  const data = join(await folder(t), 'data')
  const script = join(import.meta.dirname, 'working-process.ts')
  const words = ['--disable-warning=ExperimentalWarning', script, data, 'tcs-47']
  // It ends without closing the directory, so it leaves the file behind.
  const { stdout } = spawnSync(process.execPath, words, { input: '', encoding: 'utf8', timeout: 20_000 })
  assert.match(stdout, /working/)
  const worker: unknown = JSON.parse(await readFile(join(data, 'worker.json'), 'utf8'))
  assert.partialDeepStrictEqual(worker, { command: 'working-process.ts' })
})

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { inspectWorkspace } from '../../../src/adapters/run-workspace/sqlite/inspect.ts'
import { openRunWorkspaces } from '../../../src/adapters/run-workspace/sqlite/open.ts'
import { refusesAll, thousand } from '../../contract/run-workspace/keeping.ts'
import { doctor, number, ONE, trainee } from '../../contract/run-workspace/samples.ts'
import { NOBODY, noOtherUser } from '../../another-user.ts'
import { startChild } from './processes.ts'
import { folderFor, newFolder } from './sqlite-place.ts'

const IS_WINDOWS = process.platform === 'win32'
const isRoot = process.getuid?.() === 0

const unusable = (message: RegExp) => ({ code: 'WORKSPACE_UNUSABLE', transient: false, message })

async function worksIn(folder: string): Promise<void> {
  const workspace = await openRunWorkspaces(folder).open()
  await workspace.addTrainees([trainee(1, ONE)])
  assert.equal((await workspace.join([doctor(ONE)]))[0]?.trainees.length, 1)
  await workspace.close()
}

async function findings(folder: string): Promise<readonly (readonly [status: string, found: string])[]> {
  return (await inspectWorkspace(folder)).map(({ status, found }) => [status, found])
}

test('the directory is created, and contains no named file while a workspace is open', async (t) => {
  const folder = join(folderFor(t), 'deep', 'scratch')
  const workspace = await openRunWorkspaces(folder).open()
  // Several times the cache size, so that the file is written.
  for (let from = 0; from < 40_000; from += 1_000) await workspace.addTrainees(thousand(from))
  await workspace.join(thousand(0).map(({ gmcReferenceNumber }) => doctor(number(gmcReferenceNumber ?? ''))))
  if (!IS_WINDOWS) assert.deepEqual(readdirSync(folder), [])
  assert.equal(await workspace.countUnjoined(), 39_000)
  await workspace.close()
  assert.deepEqual(readdirSync(folder), [])
})

test('rows sorted in several portions are all found', async (t) => {
  const workspace = await openRunWorkspaces(folderFor(t)).open()
  for (let from = 0; from < 201_000; from += 1_000) await workspace.addTrainees(thousand(from))
  const asked = [0, 99_999, 100_000, 100_001, 199_999, 200_000, 200_999].map((at) =>
    doctor(number(String(1_000_000 + at))),
  )
  const joined = await workspace.join([...asked, doctor(number('1201000'))])
  assert.deepEqual(
    joined.map(({ trainees }) => trainees.map(({ tcsPersonId }) => tcsPersonId)),
    [[0], [99_999], [100_000], [100_001], [199_999], [200_000], [200_999], []],
  )
  await workspace.close()
})

test('two processes share a directory, and a killed one leaves nothing behind', async (t) => {
  const folder = folderFor(t)
  const child = await startChild('holding-process.ts', folder)
  assert.deepEqual(child.said, { trainees: 20_000, files: [] })
  const workspace = await openRunWorkspaces(folder).open()
  await workspace.addTrainees([trainee(1, ONE)])
  await child.kill()
  assert.deepEqual(readdirSync(folder), [])
  assert.equal(await workspace.countTrainees(), 1)
  await workspace.close()
  await worksIn(folder)
})

test('a file of a process killed before unlinking it is removed by the next open', async (t) => {
  const folder = folderFor(t)
  const left = 'run-6f1c0d6a-3a5e-4b55-9d0c-0b8f3f2f7a11.scratch'
  writeFileSync(join(folder, left), '')
  const foreign = ['run.scratch', `${left}.txt`, 'sources.sqlite', 'run-.scratch']
  for (const name of foreign) writeFileSync(join(folder, name), 'precious')
  await worksIn(folder)
  assert.deepEqual(readdirSync(folder), foreign.toSorted())
})

test('many open and close in one directory at the same time', async (t) => {
  const folder = folderFor(t)
  const children = await Promise.all([1, 2, 3].map(() => startChild('holding-process.ts', folder)))
  for (let time = 0; time < 50; time += 1) await worksIn(folder)
  for (const { said } of children) assert.equal((said as { trainees: number }).trainees, 20_000)
  await Promise.all(children.map((child) => child.kill()))
  assert.deepEqual(readdirSync(folder), [])
})

test('a directory that cannot be created is reported, also by the inspection', async (t) => {
  const file = join(folderFor(t), 'file')
  writeFileSync(file, 'precious')
  for (const folder of [file, join(file, 'scratch'), join(file, 'deep', 'scratch')]) {
    await assert.rejects(openRunWorkspaces(folder).open(), unusable(/is not a directory, or has a parent/))
    const [[status, found] = [], ...others] = await findings(folder)
    assert.equal(status, 'fail')
    assert.match(found ?? '', /is not a directory/)
    assert.deepEqual(others, [])
  }
})

test(
  'a directory without write permission is reported, also by the inspection',
  { skip: IS_WINDOWS || noOtherUser() },
  async (t) => {
    const folder = folderFor(t)
    chmodSync(folder, 0o555)
    for (const place of [folder, join(folder, 'scratch')]) {
      const { said } = await startChild('opening-process.ts', place, isRoot ? { uid: NOBODY } : {})
      assert.deepEqual(said, { code: 'WORKSPACE_UNUSABLE', statuses: ['fail'] })
    }
  },
)

test('the inspection creates nothing, and reports free space', async (t) => {
  const folder = folderFor(t)
  const missing = join(folder, 'deep', 'scratch')
  const [place, room] = await inspectWorkspace(missing)
  assert.match(place?.found ?? '', /^created on first use/)
  assert.match(room?.found ?? '', /^[\d,]+ MiB free, enough for about [\d,]+ trainees$/)
  assert.deepEqual(readdirSync(folder), [])
  assert.match((await inspectWorkspace(folder))[0]?.found ?? '', /^writable/)
})

/** A small file system in memory; null if this user may not mount one. */
function mounted(t: TestContext, options: string): string | null {
  const folder = newFolder()
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0
  t.after(() => {
    if (isMounted) assert.equal(spawnSync('umount', ['--lazy', folder]).status, 0)
    rmSync(folder, { recursive: true })
  })
  return isMounted ? folder : null
}

test('a really full disk is reported, whether full before or during writing', async (t) => {
  const folder = mounted(t, 'size=2m')
  if (folder === null) {
    t.skip('only root may mount a small disk')
    return
  }
  assert.deepEqual(
    (await findings(folder)).map(([status]) => status),
    ['warn', 'warn'],
  )
  assert.match((await findings(folder))[0]?.[1] ?? '', /in memory/)
  const workspace = await openRunWorkspaces(folder).open()
  const filling = async () => {
    for (let from = 0; from < 100_000; from += 1_000) await workspace.addTrainees(thousand(from))
  }
  await assert.rejects(filling(), { code: 'DISK_FULL', transient: false })
  await refusesAll(workspace, 'DISK_FULL')
  await assert.rejects(openRunWorkspaces(folder).open(), { code: 'DISK_FULL' })
  assert.equal((await findings(folder))[1]?.[0], 'fail')
  assert.deepEqual(readdirSync(folder), [])
  // Closing frees the space.
  await workspace.close()
  await worksIn(folder)
})

test('a read-only file system is reported, also to root', async (t) => {
  const folder = mounted(t, 'size=1m,ro')
  if (folder === null) {
    t.skip('only root may mount a file system')
    return
  }
  for (const place of [folder, join(folder, 'scratch')]) {
    await assert.rejects(openRunWorkspaces(place).open(), unusable(/is on a read-only file system/))
    const [[status, found] = []] = await findings(place)
    assert.equal(status, 'fail')
    assert.match(found ?? '', /is on a read-only file system/)
  }
  assert.equal(existsSync(join(folder, 'scratch')), false)
})

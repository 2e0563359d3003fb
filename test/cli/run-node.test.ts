import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { folder, ROOT } from './reval.ts'

const { engines, scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
  engines: { node: string }
  scripts: Record<string, string>
}
const LEAST = Number(engines.node.replace('>=', ''))

/** Writes a program that answers as the Node of that version, and otherwise says which it is and what it was given. */
async function installNode(path: string, version: string, says: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const program = `#!/bin/sh\n[ "$1" = --version ] && echo v${version} || echo "${says} $#: $* \${REVAL_NODE:-}"\n`
  await writeFile(path, program, { mode: 0o755 })
}

/** Puts bin/run-node into a folder, with a path that has the named Node first. */
async function install(home: string, machine: string): Promise<(REVAL_NODE?: string) => string> {
  await mkdir(join(home, 'bin'), { recursive: true })
  const program = join(home, 'bin/run-node')
  await copyFile(join(ROOT, 'bin/run-node'), program)
  const PATH = join(home, 'machine')
  await installNode(join(PATH, 'node'), machine, "the machine's")
  await symlink('/usr/bin/dirname', join(PATH, 'dirname'))
  return (REVAL_NODE = '') => {
    const { status, stdout, stderr } = spawnSync(program, ['a b', 'c'], {
      env: { PATH, REVAL_NODE },
      encoding: 'utf8',
      timeout: 10_000,
    })
    return status === 0 ? stdout.trim() : `${status ?? 'no status'}: ${stderr}`
  }
}

test('it is found by a relative path in a shell with CDPATH', () => {
  const { status, stdout, stderr } = spawnSync('bin/reval', ['errors'], {
    cwd: ROOT,
    env: { ...process.env, CDPATH: `.:${dirname(ROOT)}` },
    encoding: 'utf8',
    timeout: 20_000,
  })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /CONFIG_INVALID/)
})

test('the Node that npm installed runs it, even if the machine has a newer one, and however npm links it', async (t) => {
  const home = await folder(t)
  const run = await install(home, '99.0.0')
  await installNode(join(home, 'node_modules/node-some-machine/bin/node'), `${LEAST}.0.0`, 'own')
  await installNode(join(home, 'node_modules/.bin/node'), '99.0.0', 'linked')
  assert.equal(run(), 'own 2: a b c')
})

test('an installed package finds the Node that npm installed with it', async (t) => {
  const above = join(await folder(t), 'node_modules')
  const run = await install(join(above, 'reval-sync'), '18.20.4')
  await installNode(join(above, 'node-some-machine/bin/node'), `${LEAST}.21.0`, 'hoisted')
  assert.equal(run(), 'hoisted 2: a b c')
})

test('a Node that does not run on this machine is skipped, and so is an old one', async (t) => {
  const home = await folder(t)
  const run = await install(home, `${LEAST}.0.0`)
  await installNode(join(home, 'node_modules/node-older/bin/node'), `${LEAST - 1}.9.0`, 'old')
  const foreign = join(home, 'node_modules/node-other-libc/bin/node')
  await installNode(foreign, '99.0.0', 'foreign')
  await writeFile(foreign, '#!/no/such/loader\n')
  assert.equal(run(), "the machine's 2: a b c")
})

test('without a Node it reports which one it needs', async (t) => {
  const run = await install(await folder(t), `${LEAST - 1}.22.0`)
  assert.match(run(), new RegExp(`^1: reval: needs Node ${LEAST} or later\\..*npm ci.*REVAL_NODE\\.\n$`))
})

test('REVAL_NODE comes first, and is refused rather than replaced; the program does not get the variable', async (t) => {
  const home = await folder(t)
  const run = await install(home, '99.0.0')
  await installNode(join(home, 'node_modules/node-some-machine/bin/node'), '99.0.0', 'own')
  await installNode(join(home, 'chosen'), `${LEAST}.1.0`, 'chosen')
  await installNode(join(home, 'old'), '20.20.2', 'old')
  assert.equal(run(join(home, 'chosen')), 'chosen 2: a b c')
  for (const refused of ['old', 'missing']) {
    assert.match(run(join(home, refused)), new RegExp(`^1: reval: REVAL_NODE is .*${refused}, .* Node ${LEAST} `))
  }
})

test('no npm script uses the first Node on the PATH', () => {
  // Its runner starts Node by that name, so the Node that is found comes first in the path.
  const { 'test:mutation': mutation, ...others } = scripts
  assert.ok(mutation?.startsWith('PATH="$(dirname "$(bin/run-node -p process.execPath)"):$PATH" '))
  const commands = Object.entries(others).flatMap(([script, line]) =>
    line.split(' && ').map((command) => ({ script, program: command.replace(/^([A-Z_]+=\S+ )+/, '').split(' ')[0] })),
  )
  assert.ok(commands.length > 10)
  // The scripts of the stack find it by bin/run-node.
  const right = ['bin/run-node', 'bin/reval', 'stack/up', '.']
  const wrong = commands.filter(({ program }) => !right.includes(program ?? ''))
  assert.deepEqual(wrong, [])
})

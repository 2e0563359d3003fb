import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import * as z from 'zod'

const ROOT = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const PACKED = z.tuple([z.object({ files: z.array(z.object({ path: z.string() })) })])

/** The files of the checkout that git would commit. */
async function filesOfCheckout(): Promise<readonly string[]> {
  const listed = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  return listed.stdout.split('\n').filter((file) => file !== '' && existsSync(join(ROOT, file)))
}

/** A folder with copies of some files of the checkout, and its packages. */
async function copyOf(t: TestContext, files: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reval-package-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await cp(join(ROOT, file), join(folder, file), { recursive: true })
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

async function build(folder: string): Promise<void> {
  await run('npm', ['run', 'build'], { cwd: folder })
}

/** What the package has of a source file; nothing of pages that describe a folder. */
function builtFrom(source: string): readonly string[] {
  if (source.endsWith('.md')) return []
  const file = source.replace(/^src\//, 'dist/')
  return file.endsWith('.ts') ? [file.replace(/\.ts$/, '.js'), file.replace(/\.ts$/, '.js.map')] : [file]
}

test('the package has exactly the commands, compiled sources, files of the console, pages and manifests', async (t) => {
  const files = await filesOfCheckout()
  const folder = await copyOf(t, files)
  const templates = join(folder, 'src/console/templates')
  await mkdir(templates, { recursive: true })
  await writeFile(join(templates, 'probe.njk'), 'a template')
  await build(folder)
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json'], { cwd: folder })
  const packed = PACKED.parse(JSON.parse(stdout))[0].files.map(({ path }) => path)

  const whole = files.filter((file) => /^(bin|deploy|docs|ops)\//.test(file) && !file.startsWith('docs/images/'))
  const compiled = files.filter((file) => file.startsWith('src/')).flatMap(builtFrom)
  const meant = [
    ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'dist/console/templates/probe.njk'],
    ...whole,
    ...compiled,
  ]
  assert.deepEqual(packed.toSorted(), meant.toSorted())
  assert.ok(compiled.length > 500)
})

test('the build stage of the Dockerfile has everything that the build needs', async (t) => {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  const [stage = ''] = dockerfile.split('\nFROM node:24-slim\n')
  const copied = [...stage.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '))
  const folder = await copyOf(t, copied)
  await build(folder)
  const { stdout } = await run(join(folder, 'bin/reval'), ['--version'], { cwd: folder })
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
  assert.ok(existsSync(join(folder, 'dist/cli/main.js')))
})

test('the change log begins with the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  const [, latest] = /^## \[(.+?)\] - \d{4}-\d{2}-\d{2}$/m.exec(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')) ?? []
  assert.equal(latest, version)
})

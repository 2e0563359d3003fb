import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SETTINGS } from '../../src/config/settings.ts'
import { REFERENCE_PAGES } from '../../scripts/reference-pages.ts'
import { anchorOf, SETTING_GROUPS } from '../../scripts/setting-groups.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })]

/** The anchors that GitHub generates for the headings of a page. */
function anchorsIn(page: string): readonly string[] {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

for (const [file, page] of Object.entries(REFERENCE_PAGES)) {
  test(`docs/${file} is up to date (npm run reference)`, () => {
    assert.equal(readFileSync(join(ROOT, 'docs', file), 'utf8'), page())
  })
}

test('docs/dependencies.md lists exactly the dependencies', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
    devDependencies: Record<string, string>
  }
  const page = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8')
  const named = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name)
  const used = [...Object.keys(dependencies), ...Object.keys(devDependencies)]
  assert.deepEqual(named.filter((name) => name !== 'node-*').sort(), used.sort())
})

test('docs/operations.md links every group of settings', () => {
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')
  const linked = [...page.matchAll(/\(settings\.md#([^)]+)\)/g)].map(([, anchor]) => anchor)
  assert.deepEqual(linked, SETTING_GROUPS.map(anchorOf))
})

test('docs/decisions/README.md lists every decision', () => {
  const list = readFileSync(join(ROOT, 'docs/decisions/README.md'), 'utf8')
  const pages = globSync('*-*.md', { cwd: join(ROOT, 'docs/decisions') })
  assert.deepEqual(
    pages.filter((page) => !list.includes(`(${page})`)),
    [],
  )
})

test('every setting named in the documentation exists', () => {
  const known: readonly string[] = Object.values(SETTINGS).map(({ variable }) => variable)
  // REVAL_NODE is read by bin/reval before the program starts; REVAL_… stands for several.
  const named = PAGES.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8')
    return [...text.matchAll(/\bREVAL_[A-Z_]*[A-Z]\b(?!_)/g)].map(([name]) => ({ page, name }))
  })
  assert.deepEqual(
    named.filter(({ name }) => name !== 'REVAL_NODE' && !known.includes(name)),
    [],
  )
})

test('every link in the documentation leads to a file and heading', () => {
  const broken = PAGES.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8')
    return [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
      .map(([, file = '', anchor]) => ({
        target: file === '' ? join(ROOT, page) : join(ROOT, page, '..', file),
        anchor,
      }))
      .filter(
        ({ target, anchor }) => !existsSync(target) || (anchor !== undefined && !anchorsIn(target).includes(anchor)),
      )
      .map(({ target, anchor = '' }) => `${page}: ${target}#${anchor}`)
  })
  assert.deepEqual(broken, [])
})

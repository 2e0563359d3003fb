import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { REFERENCE_PAGES } from '../../scripts/reference-pages.ts'

const ROOT = join(import.meta.dirname, '../..')

for (const [file, page] of Object.entries(REFERENCE_PAGES)) {
  test(`docs/${file} says what the code says (npm run reference)`, () => {
    assert.equal(readFileSync(join(ROOT, 'docs', file), 'utf8'), page())
  })
}

test('every dependency has its line in docs/dependencies.md, and no line is without one', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
    devDependencies: Record<string, string>
  }
  const page = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8')
  const named = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name)
  const used = [...Object.keys(dependencies), ...Object.keys(devDependencies)]
  assert.deepEqual(named.filter((name) => name !== 'node-*').sort(), used.sort())
})

test('every file that the documentation links to is there', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })]
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8')
    return [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, target = '']) => join(ROOT, page, '..', target))
      .filter((target) => !existsSync(target))
      .map((target) => `${page}: ${target}`)
  })
  assert.deepEqual(broken, [])
})

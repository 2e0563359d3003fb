import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, suite, test } from 'node:test'
import { INLINE_SCRIPT, isFromThisSite } from '../../src/console/frame/page-headers.ts'
import { localStyles, readAssets } from '../../src/console/frame/assets.ts'
import { ConsoleInstallation } from './installation.ts'
import { suiteOwner } from '../app/job/suite-owner.ts'

suite('the frame of the console', () => {
  let console: ConsoleInstallation
  const owner = suiteOwner()
  before(async () => {
    console = await ConsoleInstallation.make(owner, { REVAL_CONSOLE_NAME: 'PREPROD' })
  })

  test('names the environment, and says that log in is switched off and that nothing is live', async () => {
    const { status, html } = await console.get('/console/help')
    assert.equal(status, 200)
    assert.match(html, /<html lang="en-GB"/)
    assert.match(html, /<title>Help – Revalidation sync<\/title>/)
    assert.match(html, />PREPROD<\/strong>/)
    assert.match(html, /Log in is switched off/)
    assert.match(html, /Nothing is live yet\./)
    assert.equal(html.match(/<h1/g)?.length, 1)
  })

  test('loads nothing from other hosts, has no inline style, and its only inline script is the one that the policy allows', async () => {
    const { headers, html } = await console.get('/console/help')
    const policy = headers.get('content-security-policy') ?? ''
    const [, script = ''] = /<script>([^<]*)<\/script>/.exec(html) ?? []
    assert.equal(INLINE_SCRIPT, `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
    assert.ok(policy.includes(INLINE_SCRIPT))
    assert.equal(html.match(/<script(?! type="module" src=)/g)?.length, 1)
    assert.doesNotMatch(html, / style=|<style|(src|href)="(https?:)?\/\//)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
  })

  test('its files load with a type, compressed, for ever; the first page is below 100 kB', async () => {
    const { html } = await console.get('/console/help')
    const files = [...html.matchAll(/(?:src|href)="(\/console\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
    assert.equal(files.filter((path) => path.endsWith('.js')).length, 1)
    const folder = files[0]?.replace(/[^/]*$/, '') ?? ''
    const assets = readAssets()
    let bytes = html.length
    for (const path of [...files, `${folder}nhsuk-frontend.min.js`]) {
      const answer = await console.get(path)
      assert.equal(answer.status, 200, path)
      assert.match(answer.headers.get('cache-control') ?? '', /immutable/)
      bytes += assets.find(path.replace(/^.*\//, ''))?.gzipped.length ?? Infinity
    }
    assert.ok(bytes < 100_000, `${bytes} bytes`)
    assert.equal((await console.get(`${folder}favicon.ico`)).status, 404)
    assert.equal((await console.get('/console/assets/other/console.css')).status, 404)
  })

  test('a page that does not exist is a page of the console', async () => {
    const { status, headers, html } = await console.get('/console/nothing')
    assert.equal(status, 404)
    assert.match(headers.get('content-type') ?? '', /text\/html/)
    assert.match(html, /<h1>Page not found<\/h1>/)
  })

  test('another site cannot read pages', async () => {
    const { status, html } = await console.get('/console/help', { 'sec-fetch-site': 'cross-site' })
    assert.equal(status, 403)
    assert.match(html, /You cannot use this console from here/)
  })
})

test('forms are accepted from our own pages only', () => {
  assert.equal(isFromThisSite({ 'sec-fetch-site': 'same-origin' }), true)
  for (const site of ['cross-site', 'same-site', 'none'])
    assert.equal(isFromThisSite({ 'sec-fetch-site': site }), false)
  assert.equal(isFromThisSite({ host: 'reval.example.org', origin: 'https://reval.example.org' }), true)
  assert.equal(isFromThisSite({ host: 'reval.example.org', origin: 'https://evil.example.org' }), false)
  assert.equal(isFromThisSite({ host: 'reval.example.org' }), false)
})

test('a style sheet without what is replaced is refused, so that an upgrade cannot load fonts from another host', () => {
  assert.throws(() => localStyles('body{}'), { code: 'CONSOLE_ASSETS' })
})

test('the style sheet names no other host', () => {
  const css = readAssets().find('nhsuk-frontend.min.css')?.body.toString() ?? ''
  assert.doesNotMatch(css, /https?:\/\/(?!www\.w3\.org)|Frutiger|url\(\//)
})

test('our style sheet closes what it opens', () => {
  const css = readAssets().find('console.css')?.body.toString() ?? ''
  assert.equal(css.match(/\{/g)?.length, css.match(/\}/g)?.length)
})

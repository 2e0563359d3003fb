import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { pathIn } from '../../src/console/login/routes.ts'
import { signingKey, type TestProvider } from '../app/http/access/provider.ts'
import type { ConsoleInstallation } from './installation.ts'
import { runToEnd } from '../app/job/workplace.ts'
import { LogInInstallation, PUBLIC_URL } from './logged-in.ts'
import { suiteOwner } from '../app/job/suite-owner.ts'

suite('logging in to the console', () => {
  let provider: TestProvider
  let console: ConsoleInstallation
  let cameBack: LogInInstallation['cameBack']
  let logIn: LogInInstallation['logIn']
  const key = signingKey('first')
  const owner = suiteOwner()
  before(async () => {
    const made = await LogInInstallation.make(owner, key)
    ;({ provider, console } = made)
    cameBack = (...given) => made.cameBack(...given)
    logIn = (...given) => made.logIn(...given)
  })
  const audited = async (what: string) =>
    (await console.http.worker.context.ledger.audit(50)).filter((entry) => entry.what === what)

  test('without a session a page leads to the log-in, which sends nobody to the provider by itself', async () => {
    console.forget()
    const page = await console.get('/console/help?x=1')
    assert.equal(page.status, 303)
    assert.equal(page.headers.get('location'), '/console/login?to=%2Fconsole%2Fhelp%3Fx%3D1')
    const logInPage = await console.follow(page)
    assert.match(logInPage.html, /href="\/console\/login\/start\?to=%2Fconsole%2Fhelp%3Fx%3D1"/)
    assert.match(logInPage.html, /https:\/\/client\.example\.org/)
    assert.doesNotMatch(logInPage.html, /Lists show data|nhsuk-header__navigation-link/)
  })

  test('after the log-in the page is shown, with the name of the person; the audit log has it', async () => {
    console.forget()
    const back = await logIn('ada')
    assert.equal(back.headers.get('location'), '/console/help')
    const page = await console.follow(back)
    assert.equal(page.status, 200)
    assert.match(page.html, /Ada &lt;b&gt;Okafor&lt;\/b&gt;/)
    assert.match(page.html, /Log out/)
    const [entry] = await audited('log in')
    assert.equal(entry?.who, 'ada')
    assert.deepEqual(entry.roles, ['operator'])
    assert.equal(entry.result?.outcome, 'done')
  })

  test('a log-in works once, and only in the browser that began it', async () => {
    console.forget()
    const address = await cameBack('ada')
    assert.equal((await console.get(address)).headers.get('location'), '/console/help')
    assert.match((await console.get(address)).headers.get('location') ?? '', /^\/console\/login\?/)
    const other = await cameBack('ben')
    console.forget()
    assert.match((await console.get(other)).headers.get('location') ?? '', /^\/console\/login\?/)
    assert.equal((await console.get('/console/help')).status, 303)
  })

  test('two tabs that log in at once both succeed', async () => {
    console.forget()
    const [one, two] = [await cameBack('ada', '/console/help'), await cameBack('ada', '/console/accessibility')]
    assert.equal((await console.get(two)).headers.get('location'), '/console/accessibility')
    // The first began before the session was renewed: it has to begin again, and the person stays logged in.
    await console.get(one)
    assert.equal((await console.get('/console/help')).status, 200)
  })

  test('people without a role of the console are told so, see no data, and can log out', async () => {
    console.forget()
    const page = await console.follow(await logIn('eve'))
    assert.equal(page.status, 403)
    assert.match(page.html, /You cannot use this console/)
    assert.match(page.html, /Eve Admin/)
    assert.match(page.html, /https:\/\/client\.example\.org/)
    assert.doesNotMatch(page.html, /Lists show data|Nothing is live/)
    const [entry] = await audited('log in')
    assert.equal(entry?.result?.outcome, 'refused')
    assert.match((await console.submit(page, '/console/logout')).headers.get('location') ?? '', /\/session\/end\?/)
  })

  test('a reason that is sent after the session ended is kept, and the cookie stays below 4 kB', async () => {
    console.forget()
    const path = '/console/rollback'
    const long = `/console/runs?${'x'.repeat(250)}`
    for (let tab = 0; tab < 4; tab += 1) await console.get(`/console/login/start?to=${encodeURIComponent(long)}`)
    const why = `The export is broken ${'é'.repeat(470)}`
    const sent = await console.submit({ status: 200, headers: new Headers(), html: '' }, path, { why })
    assert.equal(sent.headers.get('location'), '/console/login?to=%2Fconsole%2Frollback')
    assert.ok(console.cookieBytes < 4_000, `${console.cookieBytes} bytes`)
    await runToEnd(console.http.worker)
    await runToEnd(console.http.worker)
    const page = await console.follow(await logIn('ada', path))
    assert.match(page.html, /<textarea[^>]*>The export is broken é/)
    // It belongs to this form, and is shown once.
    assert.doesNotMatch((await console.get(path)).html, /The export is broken/)
  })

  test('logging out ends the session, also at the provider', async () => {
    console.forget()
    const page = await console.follow(await logIn('ben'))
    const out = await console.submit(page, '/console/logout')
    const url = new URL(out.headers.get('location') ?? '')
    assert.equal(url.origin, provider.issuer)
    assert.equal(url.searchParams.get('post_logout_redirect_uri'), `${PUBLIC_URL}/console/logged-out`)
    assert.equal((await console.get('/console/help')).status, 303)
    assert.equal((await audited('log out')).length >= 1, true)
    assert.match((await console.get('/console/logged-out')).html, /You are logged out/)
  })

  test('another site can neither log people out nor send forms', async () => {
    console.forget()
    const page = await console.follow(await logIn('ada'))
    const foreign = await console.submit(page, '/console/logout', {}, { 'sec-fetch-site': 'cross-site' })
    assert.equal(foreign.status, 403)
    const without = await console.submit({ ...page, html: '' }, '/console/logout')
    assert.equal(without.status, 403)
    assert.match(without.html, /The page was open too long/)
    assert.equal((await console.get('/console/help')).status, 200)
  })

  test('a changed cookie is no session', async () => {
    console.forget()
    await logIn('ada')
    console.tamper()
    const page = await console.get('/console/help')
    assert.equal(page.status, 303)
    assert.match(page.headers.get('location') ?? '', /ended=yes/)
    assert.match((await console.follow(page)).html, /Your session ended\. Log in to go on\./)
  })

  test('a provider that refuses, or answers with another nonce, logs nobody in', async () => {
    console.forget()
    const start = await console.get('/console/login/start')
    const state = new URL(start.headers.get('location') ?? '').searchParams.get('state') ?? ''
    const refused = await console.get(
      `/console/login/back?${new URLSearchParams({ state, error: 'access_denied', iss: provider.issuer }).toString()}`,
    )
    assert.equal(refused.status, 403)
    assert.match(refused.html, /We could not log you in/)
    assert.equal((await console.get('/console/help')).status, 303)
  })

  test('the provider turns its keys, and people log in with the new one', async () => {
    console.forget()
    provider.rotateTo([signingKey('second'), key])
    assert.equal((await console.follow(await logIn('ada'))).status, 200)
  })

  test('while the provider is away, the log-in says so, and people who are logged in go on', async () => {
    console.forget()
    await logIn('ada')
    const address = await cameBack('ada')
    provider.fail()
    const page = await console.get(address)
    assert.equal(page.status, 503)
    assert.match(page.html, /We cannot log you in at the moment/)
    assert.equal((await console.get('/console/help')).status, 200)
    provider.rotateTo([key])
  })
})

test('after the log-in only pages of the console are shown', () => {
  assert.equal(pathIn('/console/runs?state=live'), '/console/runs?state=live')
  for (const to of [
    'https://evil.example.org/console',
    '//evil.example.org/console',
    '/\\evil.example.org',
    '/console.evil.example.org',
    '/consolex',
    '/console/../api/sync',
    '/console/login',
    '/console/logout',
    '/api/sync',
    '',
  ])
    assert.equal(pathIn(to), '/console', to)
})

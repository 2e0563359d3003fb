import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { may, type CallerRole } from '../../src/app/http/access/caller.ts'
import { CONSOLE_ROUTES, ruleOf } from '../../src/app/http/routes.ts'
import { runToEnd } from '../app/job/workplace.ts'
import type { ConsoleInstallation, PageAnswer } from './installation.ts'
import { LogInInstallation } from './logged-in.ts'
import { suiteOwner } from '../app/job/suite-owner.ts'

const PEOPLE: readonly { readonly name: string; readonly role: CallerRole }[] = [
  { name: 'eve', role: 'admin' },
  { name: 'ben', role: 'support' },
  { name: 'ada', role: 'operator' },
]

/** Streams do not end by themselves. */
const STREAMS = /\/events$/

suite('who may use which page', () => {
  let installation: LogInInstallation
  let console: ConsoleInstallation
  let paths: ReadonlyMap<string, string>
  const owner = suiteOwner()
  before(async () => {
    installation = await LogInInstallation.make(owner)
    console = installation.console
    await runToEnd(console.http.worker)
    const { id } = await runToEnd(console.http.worker, undefined, { purpose: 'preview' })
    const examples: Readonly<Record<string, string>> = {
      ':id': id,
      ':list': 'connected',
      ':rowId': 'tcs-7',
      ':queue': 'traineeData',
    }
    paths = new Map(
      Object.keys(CONSOLE_ROUTES).map((route) => [
        route,
        route.replace(/^\w+ /, '').replace(/:\w+/g, (name) => examples[name] ?? 'other'),
      ]),
    )
  })

  const closed = () =>
    Object.entries(CONSOLE_ROUTES).filter(([route, { access }]) => access !== 'everyone' && !STREAMS.test(route))
  const send = (route: string, page: PageAnswer): Promise<PageAnswer> => {
    const path = paths.get(route) ?? ''
    // Without their fields, so that forms that are permitted change nothing.
    return route.startsWith('GET ') ? console.get(path) : console.submit({ ...page, html: '' }, path)
  }

  test('without a session every page and form leads to the log-in', async () => {
    console.forget()
    const page = await console.get('/console/login')
    for (const [route] of closed()) {
      const { status, headers } = await send(route, page)
      assert.equal(status, 303, route)
      assert.match(headers.get('location') ?? '', /^\/console\/login\?/, route)
    }
  })

  for (const { name, role } of PEOPLE) {
    test(`${role}: as the table of routes says`, async () => {
      console.forget()
      const page = await console.follow(await installation.logIn(name))
      for (const [route, { access }] of closed()) {
        const { status, html } = await send(route, page)
        const isRefused = status === 403 && !html.includes('The page was open too long')
        assert.equal(isRefused, !may({ roles: [role] }, access), `${route}: ${status}`)
        assert.ok(status < 500 || status === 503, `${route}: ${status}`)
      }
    })
  }

  test('support sees no form and no link that only operators may use', async () => {
    console.forget()
    await installation.logIn('ben')
    for (const [route, { access }] of closed()) {
      if (!route.startsWith('GET ') || access !== 'support') continue
      const { html } = await console.get(paths.get(route) ?? '')
      const forms = [...html.matchAll(/<form[^>]* method="post"[^>]*>/g)].map(
        ([form]) => /action="([^"?#]*)/.exec(form)?.[1] ?? '',
      )
      const links = [...html.matchAll(/<a [^>]*href="(\/console[^"?#]*)/g)].map(([, link = '']) => link)
      for (const [method, path] of [...forms.map((form) => ['POST', form]), ...links.map((link) => ['GET', link])]) {
        const rule = ruleAt(method ?? '', path ?? '')
        assert.ok(rule !== null, `${route} leads to ${method} ${path}, which does not exist`)
        assert.ok(may({ roles: ['support'] }, rule.access), `${route} offers ${method} ${path}`)
      }
    }
  })
})

/** The rule of the route that takes a path. */
function ruleAt(method: string, path: string) {
  const exact = ruleOf(method, path)
  if (exact !== null) return exact
  const found = Object.keys(CONSOLE_ROUTES).find((route) => {
    const pattern = route.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')
    return new RegExp(`^${pattern}$`).test(`${method} ${path}`)
  })
  return found === undefined ? null : (CONSOLE_ROUTES[found] ?? null)
}

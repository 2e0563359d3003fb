import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { callerFrom, may, ROLES, type CallerRole } from '../../../../src/app/http/access/caller.ts'
import { HTTP_ROUTES, type Access } from '../../../../src/app/http/routes.ts'
import { PROBLEM } from '../../../../src/app/json/problem.ts'
import { HttpInstallation } from '../installation.ts'
import { CLIENT, signingKey, TestProvider } from './provider.ts'

const OPERATOR_TOKEN = 'the token of an operator'
const METRICS_TOKEN = 'the token of Prometheus'
const PEOPLE = {
  admin: { 'cognito:groups': ['RevalAdmin'], designatedBodies: '1-1RSSQ1B' },
  support: { 'cognito:groups': ['reval-support'] },
  operator: { 'cognito:groups': ['reval-operator'] },
  stranger: { 'cognito:groups': ['payroll'] },
}
type Person = keyof typeof PEOPLE | 'machine' | 'prometheus' | 'nobody'

/** Who may use a route, written out: the test does not repeat the rule. */
const MAY: Readonly<Record<Access, readonly Person[]>> = {
  everyone: ['admin', 'support', 'operator', 'stranger', 'machine', 'prometheus', 'nobody'],
  metrics: ['support', 'operator', 'machine', 'prometheus'],
  lists: ['admin', 'support', 'operator', 'machine'],
  support: ['support', 'operator', 'machine'],
  operator: ['operator', 'machine'],
}

test('each route is open to its roles and to no others', async (t) => {
  const provider = await TestProvider.start(t, signingKey('first'), PEOPLE)
  const http = await HttpInstallation.make(t, undefined, {
    REVAL_OPERATOR_TOKEN: OPERATOR_TOKEN,
    REVAL_METRICS_TOKEN: METRICS_TOKEN,
    REVAL_OIDC_ISSUER: provider.issuer,
    REVAL_OIDC_CLIENT_ID: CLIENT,
    REVAL_REQUESTS_PER_MINUTE: '0',
  })
  const tokens = new Map<Person, string | undefined>([
    ['machine', OPERATOR_TOKEN],
    ['prometheus', METRICS_TOKEN],
    ['nobody', undefined],
  ])
  for (const person of Object.keys(PEOPLE) as (keyof typeof PEOPLE)[]) tokens.set(person, await provider.signIn(person))
  const missing = new Set<string>()
  for (const [route, { access }] of Object.entries(HTTP_ROUTES)) {
    const [method = '', path = ''] = route.split(' ')
    for (const [person, token] of tokens) {
      const at = `${route} as ${person}`
      // No run, doctor or list has this name, and bodies are missing: an allowed request does nothing.
      const { status, body } = await http.send(
        method,
        `${path.replaceAll(/:\w+/g, 'none')}${path.endsWith('/events') ? '?seconds=0' : ''}`,
        { token },
      )
      if (status === 404 && JSON.stringify(body).includes('not found: ')) {
        missing.add(route)
        continue
      }
      if (MAY[access].includes(person)) {
        assert.ok(status !== 401 && status !== 403 && status !== 500, `${at}: ${status} ${JSON.stringify(body)}`)
        continue
      }
      const [expected, code] = person === 'nobody' ? [401, 'NOT_SIGNED_IN'] : [403, 'NOT_ALLOWED']
      const problem = PROBLEM.parse(body)
      assert.deepEqual([status, problem.code, problem.status], [expected, code, expected], at)
    }
  }
  assert.deepEqual(
    [...missing].filter((route) => HTTP_ROUTES[route]?.access !== 'lists'),
    [],
  )
})

describe('the roles of a token', () => {
  const rolesOf = (roles: unknown) => callerFrom('x', { roles, bodies: ['A', 7, '', null, 'B'] }).roles

  test('are those of this system, in a list or a text', () => {
    assert.deepEqual(rolesOf(['RevalApprover', 'x', 'reval-operator']), ['admin', 'operator'])
    assert.deepEqual(rolesOf('reval-support, RevalAdmin'), ['admin', 'support'])
    const none = [undefined, null, 7, {}, [], '', ['revaladmin'], [['RevalAdmin']], { RevalAdmin: true }, 'toString']
    for (const roles of none) assert.deepEqual(rolesOf(roles), [], JSON.stringify(roles))
  })

  test('decide whose rows are seen: an admin sees only the bodies of the token', () => {
    const bodiesOf = (role: string, bodies: unknown) => callerFrom('x', { roles: [role], bodies }).bodies
    assert.deepEqual(bodiesOf('RevalAdmin', ['A', 7, '', null, 'B']), ['A', 'B'])
    assert.deepEqual(bodiesOf('RevalAdmin', 'A,B C'), ['A', 'B', 'C'])
    assert.deepEqual(bodiesOf('RevalAdmin', undefined), [])
    assert.deepEqual(bodiesOf('payroll', 'A'), ['A'])
    assert.equal(bodiesOf('reval-support', 'A'), null)
  })

  test('allow nothing by themselves', () => {
    const allowed = (roles: readonly CallerRole[], access: Access) => may({ roles }, access)
    for (const access of ['lists', 'support', 'operator'] as const) assert.equal(allowed([], access), false)
    assert.ok(allowed([], 'everyone'))
    for (const role of ROLES) assert.equal(allowed([role], 'lists'), role !== 'metrics', role)
    for (const role of ROLES) assert.equal(allowed([role], 'metrics'), role !== 'admin', role)
  })
})

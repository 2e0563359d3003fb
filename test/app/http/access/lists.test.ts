import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONNECTIONS_PAGE, DOCTORS_PAGE } from '../../../../src/app/lists/answers.ts'
import { PROBLEM } from '../../../../src/app/json/problem.ts'
import { runToEnd } from '../../job/workplace.ts'
import { HttpInstallation } from '../installation.ts'
import { CLIENT, signingKey, TestProvider } from './provider.ts'

/** Of the few sources, every doctor with a body has this one. */
const BODY = '1-1RUZUSF'
const PEOPLE = {
  wessex: { 'cognito:groups': ['RevalAdmin'], designatedBodies: BODY },
  london: { 'cognito:groups': ['RevalAdmin'], designatedBodies: '1-1RUZV1D' },
  bodiless: { 'cognito:groups': ['RevalAdmin'] },
  support: { 'cognito:groups': ['reval-support'] },
}
type Person = keyof typeof PEOPLE

test('an admin lists the doctors of the bodies in the token, and of no others', async (t) => {
  const provider = await TestProvider.start(t, signingKey('first'), PEOPLE)
  const http = await HttpInstallation.make(t, undefined, {
    REVAL_OIDC_ISSUER: provider.issuer,
    REVAL_OIDC_CLIENT_ID: CLIENT,
    REVAL_REQUESTS_PER_MINUTE: '0',
  })
  assert.equal((await runToEnd(http.worker)).state, 'live')
  const tokens = new Map<string, string>()
  for (const person of Object.keys(PEOPLE)) tokens.set(person, await provider.signIn(person))
  const ask = (person: Person, path: string) => http.get(path, tokens.get(person))
  const doctors = async (person: Person, query = '') => {
    const { status, body } = await ask(person, `/api/v1/doctors${query}`)
    assert.equal(status, 200, JSON.stringify(body))
    return DOCTORS_PAGE.parse(body)
  }

  const all = await doctors('support')
  const own = await doctors('wessex')
  assert.ok(own.totalResults > 0 && own.totalResults < all.totalResults)
  assert.ok(own.recommendationInfo.every(({ designatedBody }) => designatedBody === BODY))
  assert.deepEqual(await doctors('wessex', `?dbcs=${BODY}`), own)
  assert.deepEqual(await doctors('support', `?dbcs=${BODY}`), own)
  assert.equal((await doctors('london')).countTotal, 0)
  assert.equal((await doctors('bodiless')).countTotal, 0)

  for (const path of [
    `/api/v1/doctors?dbcs=${BODY}`,
    `/api/v1/doctors?dbcs=${BODY}&format=csv`,
    `/api/v1/doctors/autocomplete?fieldName=admin&dbcs=${BODY}`,
    `/api/connection/connected?dbcs=1-1RUZV1D,${BODY}`,
    `/api/connection/discrepancies?dbcs=&tisDesignatedBodies=${BODY}`,
    `/api/connections/connected?dbcs=${BODY}`,
  ]) {
    const { status, body } = await ask('london', path)
    assert.equal(status, 403, path)
    assert.equal(PROBLEM.parse(body).code, 'BODY_FORBIDDEN')
  }
  const { body } = await ask('london', '/api/connection/discrepancies')
  assert.equal(CONNECTIONS_PAGE.parse(body).totalResults, 0)
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createSecretKey } from 'node:crypto'
import { UnsecuredJWT } from 'jose'
import { signInBy } from '../../../../src/app/http/access/sign-in.ts'
import { readConfig } from '../../../../src/config/config.ts'
import { CLIENT, signingKey, TestProvider } from './provider.ts'

const PEOPLE = {
  ada: { 'cognito:groups': ['RevalAdmin', 'eu-west-2_Google'], designatedBodies: ['1-1RSSQ1B', '1-1RUZV6H'] },
  sam: { 'cognito:groups': ['reval-support'] },
  eve: { 'cognito:groups': ['payroll-operator'] },
}
const KEY = signingKey('first')

function accessOf(issuer: string, settings: Readonly<Record<string, string>> = {}) {
  return readConfig({ REVAL_OIDC_ISSUER: issuer, REVAL_OIDC_CLIENT_ID: CLIENT, ...settings }).http
}

describe('people who sign in with the provider', () => {
  test('have the roles and bodies of their token, sent with and without Bearer', async (t) => {
    const provider = await TestProvider.start(t, KEY, PEOPLE)
    const signIn = signInBy(accessOf(provider.issuer), { now: Date.now })
    const ada = { subject: 'ada', roles: ['admin'], bodies: ['1-1RSSQ1B', '1-1RUZV6H'] }
    const token = await provider.signIn('ada')
    for (const form of [token, `Bearer ${token}`, `bearer  ${token}`]) assert.deepEqual(await signIn(form), ada)
    assert.deepEqual(await signIn(await provider.signIn('sam')), { subject: 'sam', roles: ['support'], bodies: null })
    assert.deepEqual(await signIn(await provider.signIn('eve')), { subject: 'eve', roles: [], bodies: [] })
    assert.equal(provider.keyReads, 1)
  })

  test('are known after the keys rotate, and tokens of removed keys are refused', async (t) => {
    const provider = await TestProvider.start(t, KEY, PEOPLE)
    const signIn = signInBy(accessOf(provider.issuer), { now: Date.now, cooldownMs: 0 })
    const before = await provider.signIn('ada')
    assert.equal((await signIn(before)).subject, 'ada')
    const second = signingKey('second')
    provider.rotateTo([second, KEY])
    assert.equal((await signIn(await provider.signIn('sam'))).subject, 'sam')
    assert.equal((await signIn(before)).subject, 'ada')
    provider.rotateTo([second])
    // An unknown key makes the keys be read again.
    await assert.rejects(signIn(await provider.forge(signingKey('third'))), { name: 'TokenRefused' })
    await assert.rejects(signIn(before), { name: 'TokenRefused' })
  })

  test('have to wait while the keys cannot be read, and the provider is not flooded', async (t) => {
    const provider = await TestProvider.start(t, KEY, PEOPLE)
    const token = await provider.signIn('ada')
    provider.fail()
    let now = Date.now()
    const signIn = signInBy(accessOf(provider.issuer), { now: () => now })
    for (let i = 0; i < 5; i += 1) await assert.rejects(signIn(token), { code: 'SIGN_IN_UNAVAILABLE' })
    provider.rotateTo([KEY])
    await assert.rejects(signIn(token), { code: 'SIGN_IN_UNAVAILABLE' })
    now += 3_000
    assert.equal((await signIn(token)).subject, 'ada')
  })
})

test('while the provider is away, unknown keys do not keep out callers with known ones', async (t) => {
  const provider = await TestProvider.start(t, KEY, PEOPLE)
  const token = await provider.signIn('ada')
  // The clock stands still: the provider is asked again after a while.
  const now = Date.now()
  const signIn = signInBy(accessOf(provider.issuer), { now: () => now, cooldownMs: 0 })
  assert.equal((await signIn(token)).subject, 'ada')
  provider.fail()
  const unknown = await provider.forge(signingKey('x'))
  for (let i = 0; i < 5; i += 1) {
    await assert.rejects(signIn(unknown), { code: 'SIGN_IN_UNAVAILABLE' })
    assert.equal((await signIn(token)).subject, 'ada')
  }
  assert.equal(provider.keyReads, 2)
})

test('an invalid token is refused, whatever is wrong with it', async (t) => {
  const provider = await TestProvider.start(t, KEY, PEOPLE)
  const { issuer } = provider
  const signIn = signInBy(accessOf(issuer), { now: Date.now })
  assert.equal((await signIn(await provider.forge(KEY))).subject, 'ada')
  const now = Math.floor(Date.now() / 1000)
  const good = await provider.forge(KEY)
  const [header = '', , signature = ''] = good.split('.')
  const other = Buffer.from(JSON.stringify({ sub: 'eve' })).toString('base64url')
  const bad: Readonly<Record<string, string>> = {
    empty: '',
    'only Bearer': 'Bearer ',
    'not a token': 'nonsense',
    'two parts': `${header}.${other}`,
    'four parts': `${good}.x`,
    'not base64': '~~~.~~~.~~~',
    'a header that is not an object': `${Buffer.from('7').toString('base64url')}.${other}.${signature}`,
    'a header that is null': `${Buffer.from('null').toString('base64url')}.${other}.${signature}`,
    'a header that is not UTF-8': `${Buffer.from([0xff, 0xfe]).toString('base64url')}.${other}.${signature}`,
    'another payload': `${header}.${other}.${signature}`,
    'another scheme': `Basic ${good}`,
    expired: await provider.forge(KEY, { exp: now - 60 }),
    'without expiry': await provider.forge(KEY, { exp: undefined }),
    'expiring never': await provider.forge(KEY, { exp: 'never' }),
    'not yet valid': await provider.forge(KEY, { nbf: now + 600 }),
    'of another issuer': await provider.forge(KEY, { iss: 'https://login.example' }),
    'of another client': await provider.forge(KEY, { client_id: 'payroll' }),
    'an ID token': await provider.forge(KEY, { client_id: undefined, aud: CLIENT, token_use: 'id' }),
    'without subject': await provider.forge(KEY, { sub: undefined }),
    'with the subject of machines': await provider.forge(KEY, { sub: 'operator token' }),
    'with an odd subject': await provider.forge(KEY, { sub: 'ada\nroot' }),
    'with a long subject': await provider.forge(KEY, { sub: 'a'.repeat(10_000) }),
    'of another key with the same id': await provider.forge({ ...signingKey('x'), kid: KEY.kid }),
    'without a signature': new UnsecuredJWT({ sub: 'ada', client_id: CLIENT, token_use: 'access' })
      .setIssuer(issuer)
      .setExpirationTime('1h')
      .encode(),
    'signed with the public key as secret': await provider.forge(
      KEY,
      {},
      { alg: 'HS256', secret: createSecretKey(Buffer.from(KEY.publicPem)) },
    ),
    'of an algorithm that is not configured': await provider.forge(KEY, {}, { alg: 'PS256' }),
  }
  for (const [what, token] of Object.entries(bad)) {
    await assert.rejects(signIn(token), { name: 'TokenRefused' }, what)
  }
})

test('a flood of unknown keys does not reach the provider', async (t) => {
  const provider = await TestProvider.start(t, KEY, PEOPLE)
  const signIn = signInBy(accessOf(provider.issuer), { now: Date.now })
  const key = signingKey('x')
  const tokens = await Promise.all(
    Array.from({ length: 50 }, (_, i) => provider.forge({ ...key, kid: `unknown ${i}` })),
  )
  await Promise.all(tokens.map((token) => assert.rejects(signIn(token), { name: 'TokenRefused' })))
  for (const token of tokens) await assert.rejects(signIn(token), { name: 'TokenRefused' })
  assert.equal(provider.keyReads, 1)
})

test('with an audience configured, it is checked instead of the client', async (t) => {
  const provider = await TestProvider.start(t, KEY, PEOPLE)
  const { issuer } = provider
  const signIn = signInBy(accessOf(issuer, { REVAL_OIDC_AUDIENCE: 'reval' }), { now: Date.now })
  for (const claims of [
    { aud: 'reval', token_use: 'id' },
    { aud: ['x', 'reval'], token_use: undefined },
  ]) {
    assert.equal((await signIn(await provider.forge(KEY, claims))).subject, 'ada')
  }
  for (const claims of [{}, { aud: 'payroll' }, { aud: 'reval', token_use: 'refresh' }]) {
    await assert.rejects(signIn(await provider.forge(KEY, claims)), { name: 'TokenRefused' })
  }
})

test('invalid keys are a failure of the provider, and do not hide valid ones', async (t) => {
  const provider = await TestProvider.start(t, KEY, PEOPLE)
  const token = await provider.forge(KEY)
  const { kid, kty, e, n } = KEY.jwk
  const good = { kid, kty, e, n }
  const signIn = () => signInBy(accessOf(provider.issuer), { now: Date.now })(token)
  const keys = (...all: readonly unknown[]) => JSON.stringify({ keys: all })
  const away = ['', 'no JSON', '[]', '{}', 'null', '{"keys":{}}', keys(null, good)]
  for (const text of away) {
    provider.rotateTo([KEY])
    provider.answer('/jwks', text)
    await assert.rejects(signIn(), { code: 'SIGN_IN_UNAVAILABLE' }, text)
  }
  const refused = [
    keys(),
    keys({}),
    keys(good, good),
    keys({ kid, kty: 'oct', k: 'AAAA' }),
    keys({ ...good, use: 'enc' }),
  ]
  for (const text of refused) {
    provider.rotateTo([KEY])
    provider.answer('/jwks', text)
    await assert.rejects(signIn(), { name: 'TokenRefused' }, text)
  }
  const others = [
    {},
    { kid: 7 },
    { kty: 'RSA' },
    { kid: 'x', kty: 'quantum' },
    { kid: 'y', kty: 'RSA', n: '~', e: '~' },
  ]
  provider.rotateTo([KEY])
  provider.answer('/jwks', keys(...others, good))
  assert.equal((await signIn()).subject, 'ada')
})

test('an inconsistent discovery document is refused', async (t) => {
  const provider = await TestProvider.start(t, KEY, PEOPLE)
  const { issuer } = provider
  const token = await provider.forge(KEY)
  const jwks_uri = `${issuer}/jwks`
  for (const about of [
    null,
    {},
    { issuer },
    { issuer, jwks_uri: 'jwks' },
    { issuer, jwks_uri: 'file:///etc/passwd' },
    { issuer, jwks_uri: 'data:application/json,{}' },
    { issuer: 'https://login.example', jwks_uri },
    { issuer: `${issuer}/`, jwks_uri },
  ]) {
    provider.answer('/.well-known/openid-configuration', JSON.stringify(about))
    const signIn = signInBy(accessOf(issuer), { now: Date.now })
    await assert.rejects(signIn(token), { code: 'SIGN_IN_UNAVAILABLE' }, JSON.stringify(about))
  }
})

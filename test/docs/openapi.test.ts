import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as z from 'zod'
import { openApiDocument } from '../../scripts/openapi-document.ts'
import { HTTP_ROUTES, type Access } from '../../src/app/http/routes.ts'
import { HttpInstallation } from '../app/http/installation.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8')
const RESPONSE = z.object({ $ref: z.string().optional(), content: z.record(z.string(), z.unknown()).optional() })
const OPERATION = z.object({
  summary: z.string(),
  description: z.string(),
  security: z.array(z.unknown()).optional(),
  responses: z.record(z.string(), RESPONSE),
})
const DOCUMENT = z.object({
  openapi: z.literal('3.1.0'),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  paths: z.record(z.string(), z.record(z.string(), OPERATION)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()), responses: z.record(z.string(), RESPONSE) }),
})
const { paths, components, security } = DOCUMENT.parse(JSON.parse(PAGE))
const OPERATIONS = new Map(
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [
      `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      operation,
    ]),
  ),
)

test('docs/openapi.json is up to date (npm run reference)', async () => {
  assert.equal(PAGE, await openApiDocument())
})

test('a process with all services documents the same', async (t) => {
  const http = await HttpInstallation.make(t)
  assert.deepEqual((await http.get('/docs/json')).body, JSON.parse(PAGE))
})

test('the document has every route of the table, and no other', () => {
  assert.deepEqual([...OPERATIONS.keys()].sort(), Object.keys(HTTP_ROUTES).sort())
})

test('the document says which role each route needs, and what is on record', () => {
  const roles: Readonly<Record<Access, RegExp>> = {
    everyone: /^Needs no token\./,
    metrics: /^Needs the metrics token, or role support or operator\./,
    lists: /^Needs any role\./,
    support: /^Needs role support or operator\./,
    operator: /^Needs role operator\./,
  }
  assert.deepEqual(security, [{ token: [] }])
  for (const [route, { access, audited }] of Object.entries(HTTP_ROUTES)) {
    const { description, security: own } = OPERATIONS.get(route) ?? assert.fail(route)
    assert.match(description, roles[access], route)
    assert.equal(/audit log/.test(description), audited !== 'never', route)
    assert.deepEqual(own, access === 'everyone' ? [] : undefined, route)
  }
})

test('every answer is documented: a result, and a problem for each status from 400', () => {
  for (const [route, { responses }] of OPERATIONS) {
    const statuses = Object.keys(responses)
    assert.ok(statuses.includes('500') && statuses.some((status) => status.startsWith('2')), route)
    for (const [status, response] of Object.entries(responses)) {
      const name = response.$ref?.replace('#/components/responses/', '')
      const { content = {} } = name === undefined ? response : (components.responses[name] ?? assert.fail(name))
      const types = Object.keys(content)
      assert.ok(types.length > 0, `${route}: ${status}`)
      const isReadiness = status === '503' && route.endsWith('/ready')
      assert.equal(
        types.includes('application/problem+json'),
        Number(status) >= 400 && !isReadiness,
        `${route}: ${status}`,
      )
    }
  }
})

test('everything that the document refers to is in it, and nothing else', () => {
  const referred = new Set(
    [...PAGE.matchAll(/"#\/components\/(?:schemas|responses)\/([^"]+)"/g)].map(([, name]) => name),
  )
  const named = [...Object.keys(components.schemas), ...Object.keys(components.responses)]
  assert.deepEqual([...referred].sort(), named.sort())
  assert.ok(named.every((name) => /^\w+$/.test(name)))
})

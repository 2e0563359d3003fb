import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runToEnd } from '../job/workplace.ts'
import { HttpInstallation } from './installation.ts'

const TEXTS = [
  '%00',
  '%zz',
  '%E0%A4%A',
  '%ED%A0%80',
  '%2500',
  '%22',
  '%22%5Cud800%22',
  '*',
  '%3F',
  '%5C',
  '{}',
  '_',
  "'%20OR%201=1%20--",
  '(a)%2B',
  '/.*/',
  '%3Cscript%3E',
  '+',
  'null',
  'undefined',
  '%F0%9F%98%80',
  'a'.repeat(256),
  '%20%20',
]
const NAMES = [
  'searchQuery',
  'programmeName',
  'admin',
  'dbcs',
  'pageNumber',
  'sortColumn',
  'submissionDateFrom',
  'gmcStatus',
]

test('whatever is typed, a list is answered or refused, never with an internal error', async (t) => {
  const http = await HttpInstallation.make(t)
  assert.equal((await runToEnd(http.worker)).state, 'live')
  for (const path of ['/api/v1/doctors', '/api/connection/connected', '/api/connection/discrepancies']) {
    for (const name of NAMES) {
      for (const text of TEXTS) {
        const at = `${path}?${name}=${text}`
        const { status } = await http.get(at)
        assert.ok([200, 400].includes(status), `${at}: ${status}`)
        if (['searchQuery', 'programmeName'].includes(name)) assert.equal(status, 200, at)
      }
    }
    const many = Array.from({ length: 1_000 }, (_, index) => `p${index}=x`).join('&')
    assert.equal((await http.get(`${path}?${many}`)).status, 200)
    assert.equal((await http.get(`${path}?__proto__=x&constructor=y&__proto__[a]=1`)).status, 200)
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOfOwner, DESIGNATED_BODIES } from '../../src/domain/designated-bodies.ts'

test('each owner in the rules has its designated body', () => {
  const codes = {
    'Kent, Surrey and Sussex': '1-1RUZV1D',
    'North West London': '1-1RUZV6H',
    'North Central and East London': '1-1RUZV4H',
    'South London': '1-1RSSQ5L',
    'East Midlands': '1-1RSSPZ7',
    'East of England': '1-1RSSQ05',
    'North East': '1-1RSSQ1B',
    'Thames Valley': '1-1RSSQ6R',
    'Yorkshire and the Humber': '1-1RSG4X0',
    'West Midlands': '1-1RUZUYF',
    'South West': '1-1RUZUVB',
    Wessex: '1-1RUZUSF',
    'North West': '1-1RSSQ2H',
    'Northern Ireland Medical and Dental Training Agency': '1-25U-830',
  }
  for (const [owner, code] of Object.entries(codes)) assert.equal(bodyOfOwner(DESIGNATED_BODIES, owner), code)
  assert.equal(DESIGNATED_BODIES.length, Object.keys(codes).length)
})

test('an owner listed under several bodies belongs to the first', () => {
  assert.equal(bodyOfOwner(DESIGNATED_BODIES, 'London LETBs'), '1-1RUZV1D')
  const ofLondon = DESIGNATED_BODIES.filter(({ owners }) => owners.includes('London LETBs')).map(({ code }) => code)
  assert.deepEqual(ofLondon, ['1-1RUZV1D', '1-1RUZV6H', '1-1RUZV4H', '1-1RSSQ5L'])
  const replaced = [
    { code: 'B', owners: ['Wessex'] },
    { code: 'A', owners: ['Wales', 'Wessex'] },
  ]
  assert.equal(bodyOfOwner(replaced, 'Wessex'), 'B')
  assert.equal(bodyOfOwner(replaced, 'Wales'), 'A')
})

test('an unmapped owner has no body, and neither has a missing one', () => {
  assert.equal(bodyOfOwner(DESIGNATED_BODIES, 'Defence Deanery'), null)
  assert.equal(bodyOfOwner(DESIGNATED_BODIES, 'wessex'), null)
  assert.equal(bodyOfOwner(DESIGNATED_BODIES, null), null)
})

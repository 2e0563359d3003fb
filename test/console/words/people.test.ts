import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byInConsole } from '../../../src/app/operator-requests.ts'
import { person } from '../../../src/console/words/people.ts'

test('people are named as they know themselves, and programs by what they are', () => {
  assert.equal(person(byInConsole('Ada Okafor')), 'Ada Okafor')
  assert.equal(person('anyone on this machine, console'), 'somebody on this machine')
  assert.equal(person('HTTP 10.0.0.7'), 'the API, 10.0.0.7')
  assert.equal(person('ada@example.org, HTTP 10.0.0.7'), 'ada@example.org, through the API')
  assert.equal(person('reval sync'), 'the command line')
  assert.equal(person('reval'), 'the service itself')
  assert.equal(person('the schedule'), 'the schedule')
  assert.equal(person(''), 'someone not on record')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COMMANDS, decodeCommand, encodeCommand } from '../../src/messages/command.ts'
import { bytes, refuses, textOf } from './bodies.ts'

test('the body of syncStart is its eleven bytes', () => {
  const body = encodeCommand('syncStart')
  assert.equal(body.length, 11)
  assert.equal(textOf(body), '"syncStart"')
})

for (const command of COMMANDS) {
  test(`${command} is accepted quoted, bare, and with a line ending`, () => {
    for (const body of [`"${command}"`, command, `"${command}"\r\n`, `${command}\n`]) {
      assert.equal(decodeCommand(bytes(body)), command)
    }
    assert.equal(decodeCommand(encodeCommand(command), command), command)
  })
}

test('anything else is rejected, quoting what was received', () => {
  const wrong: [string, RegExp][] = [
    ['', /got an empty body/],
    ['"syncstart"', /got "syncstart"/],
    ['"syncStart', /got "syncStart/],
    ['{"command":"syncStart"}', /got \{"command":"syncStart"\}/],
    ['syncStart syncStart', /got syncStart syncStart/],
    ['null', /got null/],
  ]
  for (const [body, reason] of wrong) refuses(() => decodeCommand(bytes(body)), 'MESSAGE_INVALID', 'body', reason)
})

test('bytes that are not text are rejected', () => {
  refuses(() => decodeCommand(Uint8Array.of(0xff, 0xfe)), 'MESSAGE_INVALID', 'body', /got /)
})

test("another queue's command is rejected", () => {
  const reason = /^expected "getMaster", got "syncStart"$/
  refuses(() => decodeCommand(encodeCommand('syncStart'), 'getMaster'), 'MESSAGE_INVALID', 'body', reason)
})

test('a long body is quoted only at its beginning', () => {
  refuses(() => decodeCommand(bytes('x'.repeat(1000))), 'MESSAGE_INVALID', 'body', /, got x{40}$/)
})

import assert from 'node:assert/strict'
import type { DecodedRows } from '../../src/messages/decoded-rows.ts'
import { RevalError } from '../../src/errors/reval-error.ts'
import type { ErrorCode } from '../../src/errors/codes.ts'

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function jsonBytes(value: unknown): Uint8Array {
  return bytes(JSON.stringify(value))
}

export function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body)
}

/** The only row of a message that contains nothing else. */
export function onlyRow<T>(decoded: DecodedRows<T>): T {
  assert.deepEqual(decoded.faults, [])
  assert.equal(decoded.end, false)
  assert.equal(decoded.rows.length, 1)
  const [row] = decoded.rows
  assert.ok(row)
  return row.value
}

export function values<T>(decoded: DecodedRows<T>): T[] {
  assert.deepEqual(decoded.faults, [])
  return decoded.rows.map(({ value }) => value)
}

/** The only fault of a message that contains nothing else, as shown to an operator. */
export function onlyFault(decoded: DecodedRows<unknown>): { code: string; field: string; reason: string } {
  assert.deepEqual(decoded.rows, [])
  assert.equal(decoded.faults.length, 1)
  const [fault] = decoded.faults
  assert.ok(fault)
  return { code: fault.code, field: fault.field, reason: fault.reason }
}

/** Expects the whole message to be rejected with this code, field and reason. */
export function refuses(decode: () => unknown, code: ErrorCode, field: string, reason: RegExp): void {
  assert.throws(decode, (error) => {
    assert.ok(error instanceof RevalError)
    assert.equal(error.code, code)
    assert.equal(error.details.field, field)
    assert.match(String(error.details.reason), reason)
    return true
  })
}

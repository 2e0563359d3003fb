import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  certificateFault,
  codeOf,
  isTlsMismatch,
  isUnreachable,
  reasonOf,
} from '../../src/adapters/connection-faults.ts'

const coded = (code: string, message = code) => Object.assign(new Error(message), { code })
const within = (cause: Error, message = 'the client gave up') => new Error(message, { cause })
/** As Node rejects when every address of a host name refused. */
const ofAddresses = (...errors: Error[]) => Object.assign(new AggregateError(errors, ''), { code: 'ECONNREFUSED' })

const kinds: readonly (readonly [error: unknown, kind: 'certificate' | 'TLS' | 'unreachable' | 'other'])[] = [
  [coded('SELF_SIGNED_CERT_IN_CHAIN'), 'certificate'],
  [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'certificate'],
  [coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'certificate'],
  [coded('CERT_HAS_EXPIRED'), 'certificate'],
  [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'certificate'],
  [within(coded('CERT_HAS_EXPIRED')), 'certificate'],
  [within(within(new Error('self-signed certificate'))), 'certificate'],
  [new Error("Hostname/IP does not match certificate's altnames"), 'certificate'],
  // What the server says of ours: no CA file of ours would help.
  [within(coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsv13 alert certificate required')), 'other'],
  [coded('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'), 'TLS'],
  [new Error('SSL routines:ssl3_read_bytes:sslv3 alert bad certificate:SSL alert number 42'), 'other'],
  [coded('EPROTO'), 'TLS'],
  [within(coded('ERR_SSL_WRONG_VERSION_NUMBER')), 'TLS'],
  [coded('ECONNREFUSED'), 'unreachable'],
  [coded('ENOTFOUND'), 'unreachable'],
  [coded('ETIMEDOUT'), 'unreachable'],
  [coded('EHOSTUNREACH'), 'unreachable'],
  [within(coded('ECONNRESET')), 'unreachable'],
  [ofAddresses(coded('ECONNREFUSED'), coded('ENETUNREACH')), 'unreachable'],
  [new AggregateError([coded('EPROTO')], ''), 'TLS'],
  [coded('ACCESS_REFUSED'), 'other'],
  [new Error('out of memory'), 'other'],
  ['a text', 'other'],
]

for (const [error, kind] of kinds) {
  test(`${codeOf(error)} ${reasonOf(error)}: ${kind}`, () => {
    assert.equal(certificateFault(error) !== null, kind === 'certificate')
    assert.equal(isTlsMismatch(error), kind === 'TLS')
    assert.equal(isUnreachable(error), kind === 'unreachable')
  })
}

test('what is said of a host name with several addresses is what each of them said', () => {
  const error = ofAddresses(coded('ECONNREFUSED', '::1 refused'), coded('ECONNREFUSED', '127.0.0.1 refused'))
  assert.equal(reasonOf(error), '::1 refused; 127.0.0.1 refused')
  assert.equal(reasonOf(coded('ENOTFOUND', '')), 'ENOTFOUND')
})

test('an error that is its own cause is read once', () => {
  const error = new Error('round')
  error.cause = error
  assert.equal(isUnreachable(error), false)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectFault } from '../../../src/adapters/sources/mysql/faults.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'

const address = { host: 'tcs.example', port: 3306, database: 'tcs' }

/** As the client rejects with what the server said. */
const said = (errno: number, message = 'no') => Object.assign(new Error(message), { errno, sqlState: 'HY000' })
const coded = (code: string) => Object.assign(new Error(code), { code })

const table: readonly (readonly [error: Error, code: ErrorCode, words: RegExp, transient: boolean])[] = [
  [said(1045), 'SERVER_LOGIN_REFUSED', /REVAL_MYSQL_USER/, false],
  [said(1044), 'SERVER_LOGIN_REFUSED', /database tcs \(REVAL_MYSQL_URL\)/, false],
  [said(1049), 'SOURCE_MISSING', /no database tcs/, false],
  [said(3159), 'SERVER_UNSUITABLE', /REVAL_MYSQL_TLS=verify/, false],
  // MariaDB and hosted servers have numbers of their own for it.
  [said(4196, 'insecure transport while --require_secure_transport=ON'), 'SERVER_UNSUITABLE', /REVAL_MYSQL_TLS/, false],
  [said(9002, 'SSL connection is required'), 'SERVER_UNSUITABLE', /REVAL_MYSQL_TLS/, false],
  [coded('HANDSHAKE_NO_SSL_SUPPORT'), 'SERVER_UNSUITABLE', /REVAL_MYSQL_TLS/, false],
  [coded('SELF_SIGNED_CERT_IN_CHAIN'), 'SERVER_UNREACHABLE', /REVAL_MYSQL_CA/, false],
  [coded('ECONNREFUSED'), 'SERVER_UNREACHABLE', /REVAL_MYSQL_URL/, true],
  [said(1040, 'Too many connections'), 'SERVER_UNREACHABLE', /Too many connections/, true],
]

for (const [error, code, words, transient] of table) {
  test(`${String('errno' in error ? error.errno : error.message)}: ${code}`, () => {
    const fault = connectFault(error, address, 'SERVER_UNREACHABLE')
    assert.deepEqual([fault.code, fault.transient], [code, transient])
    assert.match(fault.message, words)
  })
}

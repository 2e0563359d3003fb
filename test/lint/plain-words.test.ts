import { describe, it } from 'node:test'
import { RuleTester } from 'eslint'
import { plainWords } from '../../scripts/lint/plain-words.js'

RuleTester.describe = describe
RuleTester.it = it

const translated = (...found: readonly string[]) =>
  found.map((each) => ({ message: new RegExp(`^Reads as translated: "${each}"`) }))

new RuleTester().run('plain-words', plainWords, {
  valid: [
    '/** The process that holds the lease renews it. */',
    "const reason = 'expected one of A, B, got C'",
    'const reason = `there is no run ${id}`',
    '// There is no more to do, and it is no longer needed.',
    'const nobody = whoever',
  ],
  invalid: [
    { code: '// Nobody said so.', errors: translated('Nobody') },
    { code: "const reason = 'x is none of A, B'", errors: translated('is none of') },
    { code: 'const reason = `${name} is no setting`', errors: translated('is no') },
    { code: '/**\n * It goes on all the\n * same.\n */', errors: translated('all the same') },
    { code: '// Told to whoever waits by itself.', errors: translated('whoever', 'by itself') },
  ],
})

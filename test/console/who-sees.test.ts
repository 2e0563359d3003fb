import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { assemble, type AssembledDocument } from '../../src/domain/assemble.ts'
import { DESIGNATED_BODIES } from '../../src/domain/designated-bodies.ts'
import { isInList, maySee } from '../../src/domain/may-see.ts'
import { sightOf, whoSees } from '../../src/console/pages/doctors/who-sees.ts'
import { withDaysInWords } from '../../src/console/pages/doctors/row-model.ts'

const NONE = assemble({ trainee: null, doctor: null, outcome: null, reason: null })
const LISTS = ['doctors', 'connected', 'disconnected', 'exception', 'discrepancies'] as const
const CODES = DESIGNATED_BODIES.map(({ code }) => code)
const body = fc.option(fc.constantFrom(...CODES.slice(0, 3), 'other'), { nil: null })
const DOCUMENT = fc
  .record({
    designatedBody: body,
    tcsDesignatedBody: body,
    existsInGmc: fc.constantFrom(true, false, null),
    exceptionReason: fc.constantFrom(null, 'failed'),
    placementGrade: fc.constantFrom(null, '279'),
    membershipType: fc.constantFrom(null, 'VISITOR', 'MILITARY'),
  })
  .map((fields): AssembledDocument => ({
    ...NONE,
    ...fields,
    connectionStatus: fields.designatedBody === null ? 'No' : 'Yes',
  }))
const UNCONNECTED = fc.constantFrom('everybody', 'programme-body')

suite('who sees a row', () => {
  test('says Yes and No as the rules decide, for each body and list', () => {
    fc.assert(
      fc.property(DOCUMENT, UNCONNECTED, fc.constantFrom(...CODES, 'other'), (document, unconnected, code) => {
        const today = '2026-11-26'
        const sights = sightOf(code, document, { today, bodies: DESIGNATED_BODIES, unconnected })
        for (const [index, list] of LISTS.entries()) {
          const sees =
            isInList(list, document, today) && maySee(list, document, { bodies: [code], tisBodies: null, unconnected })
          assert.equal(sights[index]?.text.startsWith(sees ? 'Yes: ' : 'No: '), true, `${list}: ${sights[index]?.text}`)
        }
      }),
    )
  })

  test('names the bodies that see it, and no others', () => {
    fc.assert(
      fc.property(DOCUMENT, UNCONNECTED, (document, unconnected) => {
        const today = '2026-11-26'
        const sights = whoSees(document, { today, bodies: DESIGNATED_BODIES, unconnected })
        for (const [index, list] of LISTS.entries()) {
          const [viewers = ''] = sights[index]?.text.split(': ') ?? []
          const seeing = CODES.filter(
            (code) =>
              isInList(list, document, today) &&
              maySee(list, document, { bodies: [code], tisBodies: null, unconnected }),
          )
          if (viewers === 'Admins of every body') assert.deepEqual(seeing, CODES)
          else
            assert.deepEqual(
              CODES.filter((code) => viewers.includes(code)),
              seeing,
            )
        }
      }),
    )
  })
})

test('days in a sentence are in words, except in what it quotes', () => {
  assert.equal(
    withDaysInWords('membership ended 2026-08-03; a connection failed: "since 2026-08-03"'),
    'membership ended 3 August 2026; a connection failed: "since 2026-08-03"',
  )
})

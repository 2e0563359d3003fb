import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LISTS, type BodyScope, type ListFilters } from '../../../src/domain/list-query.ts'
import { squashed, words } from '../../../src/domain/words.ts'
import { TODAY } from '../../domain/examples.ts'
import { assertPage, countsOf, listQuery, namesFound, type Asked } from './asking.ts'
import { LONDON, NORTH, WESSEX } from './fixture.ts'
import type { Filled } from './place.ts'

const SCOPES: Readonly<Record<string, Partial<BodyScope>>> = {
  everybody: {},
  'one body': { bodies: [NORTH] },
  'several bodies': { bodies: [NORTH, WESSEX] },
  'a body twice': { bodies: [NORTH, NORTH] },
  'no body': { bodies: [] },
  'an unknown body': { bodies: ['1-UNKNOWN', '', '*', 'NORTH'] },
  'a known and an unknown body': { bodies: [LONDON, "1' OR 1=1"] },
  'the bodies of both sources': { bodies: [NORTH], tisBodies: [LONDON] },
  'no body of the GMC': { bodies: [], tisBodies: [WESSEX] },
  'only one of the GMC': { bodies: [WESSEX], tisBodies: [] },
  'a body of the owner, and any of the GMC': { bodies: null, tisBodies: [WESSEX] },
  'the owner’s rows alone': { bodies: [NORTH], unconnected: 'programme-body' },
  'no body, the owner’s rows alone': { bodies: [], unconnected: 'programme-body' },
}

const FILTERS: Readonly<Record<string, Partial<ListFilters>>> = {
  'under notice': { underNotice: true },
  'a programme': { programmeName: words('General Surgery') },
  'part of a word of a programme': { programmeName: words('General Surg') },
  'a programme across two': { programmeName: words('Surgery Core') },
  'a status of the GMC': { gmcStatus: ['Approved'] },
  'two statuses': { gmcStatus: ['Approved', 'Under Review'], tisStatus: ['DRAFT', 'COMPLETED'] },
  'no status': { gmcStatus: [null] },
  'a status or none': { gmcStatus: [null, 'Approved'], tisStatus: [null, 'COMPLETED'] },
  'of no status': { tisStatus: [] },
  'an admin': { admin: squashed('b@EXAMPLE.nhs.uk') },
  'who connected': { connectedBy: true },
  'days from': { days: { submissionDate: { from: '2027-01-06', to: null } } },
  'days to': { days: { submissionDate: { from: null, to: '2027-01-04' } } },
  'one day': { days: { submissionDate: { from: '2027-01-31', to: '2027-01-31' } } },
  'days of both': {
    days: { submissionDate: { from: '2026-01-01', to: '2027-12-31' }, membershipEndDate: { from: null, to: TODAY } },
  },
  'open days': { days: { submissionDate: { from: null, to: null } } },
}

export function limiting(filled: () => Filled): void {
  describe('whose rows', () => {
    for (const [name, scope] of Object.entries(SCOPES)) {
      test(`${name}: rows and counts of each list`, async () => {
        const { id, reader, rows } = filled()
        for (const list of LISTS) {
          const query = listQuery({ list, ...scope })
          await assertPage(filled(), query)
          assert.deepEqual(await reader.counts(id, query, TODAY), countsOf(rows, query))
        }
      })
    }

    test('counts are the same whatever is searched, filtered and sorted', async () => {
      const { id, reader, rows } = filled()
      const query = listQuery({
        list: 'doctors',
        bodies: [NORTH],
        search: 'smith',
        filters: { underNotice: true },
        order: { column: 'admin', direction: 'desc' },
      })
      assert.deepEqual(await reader.counts(id, query, TODAY), countsOf(rows, query))
    })

    test('a search finds nothing outside of the bodies', async () => {
      const found = (asked: Asked) => namesFound(filled(), { search: 'Dis', ...asked })
      assert.deepEqual(await found({ list: 'disconnected', bodies: [LONDON], unconnected: 'programme-body' }), [
        'Dis Nobody',
      ])
      assert.deepEqual(await found({ list: 'connected', bodies: [LONDON] }), [])
    })

    test('exceptions follow the day', async () => {
      const query = listQuery({ list: 'exception' })
      const page = { offset: 0, size: 100 }
      const before = await assertPage(filled(), query, page, '2026-05-31')
      const after = await assertPage(filled(), query, page, '2026-06-01')
      assert.equal(after.length, before.length + 1)
    })
  })

  describe('filters', () => {
    for (const [name, filters] of Object.entries(FILTERS)) {
      test(name, async () => {
        for (const list of ['doctors', 'all'] as const) {
          await assertPage(filled(), listQuery({ list, filters }), { offset: 0, size: 500 })
          await assertPage(filled(), listQuery({ list, filters, bodies: [NORTH], search: 'o' }))
        }
      })
    }
  })
}

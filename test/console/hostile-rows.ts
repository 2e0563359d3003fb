import type { Row } from '../../src/domain/row.ts'
import type { Worker } from '../../src/app/worker.ts'
import { readInstallation } from '../../src/sync/records.ts'

const LONG_NAME = 'n'.repeat(300)
const script = (name: string) => `<script>alert("${name}")</script>&'`

/** A row whose texts would be code if a page did not escape them. */
export const rowOfScripts = (tcsPersonId: number): Row => ({
  id: `tcs-${tcsPersonId}`,
  parts: {
    trainee: {
      tcsPersonId,
      gmcReferenceNumber: script('number'),
      doctorFirstName: script('first'),
      doctorLastName: script('last'),
      programmeName: script('programme'),
      programmeMembershipType: script('type'),
      tcsDesignatedBody: script('body'),
      programmeOwner: script('owner'),
      programmeMembershipStartDate: '2020-01-01',
      programmeMembershipEndDate: '2035-12-31',
      curriculumEndDate: null,
      placementGrade: script('grade'),
    },
    doctor: null,
    outcome: null,
    reason: script('reason'),
  },
})

export const SCRIPTS = rowOfScripts(9001)

/** A row whose id and texts hold what addresses and tables find hard. */
export const ODD: Row = {
  id: 'gmc-12/34 ?#%<script>',
  parts: {
    trainee: null,
    doctor: {
      gmcReferenceNumber: '12/34 ?#%<script>',
      doctorFirstName: LONG_NAME,
      doctorLastName: LONG_NAME,
      submissionDate: '2027-01-01',
      dateAdded: '2020-01-01',
      underNotice: 'ON_HOLD',
      sanction: script('sanction'),
      doctorStatus: 'SUBMITTED_TO_GMC',
      lastUpdatedDate: '2026-01-01',
      designatedBodyCode: script('code'),
      admin: script('admin'),
      existsInGmc: true,
    },
    outcome: 'Under Review',
    reason: null,
  },
}

/** Writes rows into the live generation, as a change of a source does. */
export async function addToLive({ context: { ledger, store } }: Worker, rows: readonly Row[]): Promise<void> {
  const { live } = await readInstallation(ledger)
  if (live === null) throw new Error('nothing is live')
  const outcomes = await store.write(
    live.generation,
    rows.map((row) => ({ op: 'create', row })),
  )
  if (outcomes.some(({ status }) => status !== 'written')) throw new Error(JSON.stringify(outcomes))
  await store.makeVisible(live.generation)
}

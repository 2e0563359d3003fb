import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assemble } from '../../src/domain/assemble.ts'
import type { Parts } from '../../src/domain/row.ts'
import { aDoctor, aTrainee, someParts } from './examples.ts'

function of(parts: Partial<Parts>): ReturnType<typeof assemble> {
  return assemble(someParts(parts))
}

describe('a row', () => {
  test('of a trainee and a doctor has the fields of both, and the doctor takes precedence', () => {
    assert.deepEqual(of({ trainee: aTrainee(), doctor: aDoctor(), outcome: 'Under Review', reason: ' Why ' }), {
      tcsPersonId: 1005,
      gmcReferenceNumber: '7761120',
      doctorFirstName: 'AISHA',
      doctorLastName: 'KHAN',
      submissionDate: '2027-01-05',
      programmeName: 'Cardiology',
      membershipType: 'SUBSTANTIVE',
      designatedBody: '1-1RSSQ1B',
      gmcStatus: 'Under Review',
      tisStatus: 'DRAFT',
      admin: 'a@example.nhs.uk',
      lastUpdatedDate: '2025-11-01',
      underNotice: 'YES',
      tcsDesignatedBody: '1-1RUZUSF',
      programmeOwner: 'Wessex',
      curriculumEndDate: '2027-01-17',
      connectionStatus: 'Yes',
      membershipStartDate: '2024-08-01',
      membershipEndDate: '2028-07-31',
      placementGrade: '279',
      existsInGmc: true,
      exceptionReason: ' Why ',
    })
  })

  test('of a trainee alone has no doctor fields and is not connected', () => {
    const row = of({ trainee: aTrainee() })
    assert.deepEqual([row.doctorFirstName, row.doctorLastName], ['Aisha', 'Khan'])
    assert.equal(row.connectionStatus, 'No')
    assert.equal(of({ trainee: aTrainee(), outcome: 'Approved' }).gmcStatus, null)
    const { submissionDate, designatedBody, gmcStatus, tisStatus, admin, lastUpdatedDate, underNotice, existsInGmc } =
      row
    const ofDoctor = [submissionDate, designatedBody, gmcStatus, tisStatus, admin, lastUpdatedDate, underNotice]
    assert.ok([...ofDoctor, existsInGmc].every((value) => value === null))
  })

  test('of a doctor alone has no trainee fields', () => {
    const row = of({ doctor: aDoctor(), outcome: 'Approved' })
    assert.equal(row.gmcStatus, 'Approved')
    assert.equal(row.gmcReferenceNumber, '7761120')
    const { tcsPersonId, programmeName, membershipType, tcsDesignatedBody, programmeOwner, curriculumEndDate } = row
    const ofTrainee = [tcsPersonId, programmeName, membershipType, tcsDesignatedBody, programmeOwner, curriculumEndDate]
    assert.ok([...ofTrainee, row.membershipStartDate, row.membershipEndDate].every((value) => value === null))
  })

  test('takes each name from the trainee if the doctor has none', () => {
    const row = of({ trainee: aTrainee(), doctor: aDoctor({ doctorFirstName: null }) })
    assert.deepEqual([row.doctorFirstName, row.doctorLastName], ['Aisha', 'KHAN'])
  })

  test("has the doctor's number, trimmed", () => {
    assert.equal(of({ doctor: aDoctor({ gmcReferenceNumber: '\u00a07761120 ' }) }).gmcReferenceNumber, '7761120')
    assert.equal(of({ doctor: aDoctor({ gmcReferenceNumber: ' UNKNOWN' }) }).gmcReferenceNumber, 'UNKNOWN')
  })

  test('is connected if the doctor has a designated body, whatever TCS says', () => {
    assert.equal(of({ trainee: aTrainee(), doctor: aDoctor() }).connectionStatus, 'Yes')
    assert.equal(of({ doctor: aDoctor() }).connectionStatus, 'Yes')
    const without = of({ trainee: aTrainee(), doctor: aDoctor({ designatedBodyCode: null }) })
    assert.deepEqual([without.connectionStatus, without.designatedBody], ['No', null])
  })

  test('can say that a doctor does not exist in the GMC', () => {
    assert.equal(of({ doctor: aDoctor({ existsInGmc: false }) }).existsInGmc, false)
  })
})

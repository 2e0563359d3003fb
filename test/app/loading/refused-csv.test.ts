import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LoadingPlace, told, withLines, type Files } from './folder.ts'

const memberships = 'tcs/ProgrammeMembership.csv'
const contacts = 'tcs/ContactDetails.csv'

const REFUSED: Record<string, { readonly files: Files; readonly faults: readonly string[] }> = {
  'a file is missing': {
    files: { 'tcs/Person.csv': null },
    faults: ['tcs/Person.csv:-:- the file is missing'],
  },
  'a column is missing, and another is there twice': {
    files: { [contacts]: 'id,forenames,forenames\n1,a,b\n' },
    faults: [
      `${contacts}:1:surname the header lacks this column`,
      `${contacts}:1:forenames the header has this column twice`,
    ],
  },
  'a file has not even a header': {
    files: { 'tcs/GmcDetails.csv': '' },
    faults: [
      'tcs/GmcDetails.csv:1:id the header lacks this column',
      'tcs/GmcDetails.csv:1:gmcNumber the header lacks this column',
    ],
  },
  'a row has too many or too few fields': {
    files: withLines('tcs/Person.csv', '2,a,b', '3', '4,x'),
    faults: [
      'tcs/Person.csv:3:- the row has 3 fields where the header has 2',
      'tcs/Person.csv:4:- the row has 1 fields where the header has 2',
    ],
  },
  'a quote is never closed': {
    files: withLines(contacts, '2,"Smith', 'and,more', '', 'lines,of,it'),
    faults: [`${contacts}:3:- the quotes are wrong (CSV_QUOTE_NOT_CLOSED); from here on the file cannot be read`],
  },
  'a text goes on after its quotes': {
    files: withLines(contacts, '', '2,"two', 'lines",a', '3,"a"b,c'),
    faults: [`${contacts}:6:- the quotes are wrong (CSV_INVALID_CLOSING_QUOTE); from here on the file cannot be read`],
  },
  'an id is no number, is empty, or is greater than a number can be': {
    files: withLines(contacts, 'x1,a,b', ',a,b', '12345678901234567,a,b', '1.5,a,b', ' 7,a,b', '9007199254740993,a,b'),
    faults: [
      `${contacts}:3:id "x1" is not a number`,
      `${contacts}:4:id it is empty where a number is due`,
      `${contacts}:5:id "12345678901234567" is not a number`,
      `${contacts}:6:id "1.5" is not a number`,
      `${contacts}:7:id " 7" is not a number`,
      `${contacts}:8:id "9007199254740993" is not a number`,
    ],
  },
  'a reference is no number, or is empty where it is due': {
    files: withLines(memberships, 'b,,1,,,', 'c,one,two,,,'),
    faults: [
      `${memberships}:3:personId it is empty where a number is due`,
      `${memberships}:4:personId "one" is not a number`,
      `${memberships}:4:programmeId "two" is not a number`,
    ],
  },
  'a membership has no UUID': {
    files: withLines(memberships, ' ,1,1,,,'),
    faults: [`${memberships}:3:uuid it is blank where the key of the row is due`],
  },
  'a date is impossible': {
    files: {
      ...withLines(memberships, 'b,1,1,,2028-02-30,2028-02-29', 'c,1,1,,01/02/2028,2023-02-29'),
      ...withLines('tcs/CurriculumMembership.csv', '2,a-1,1,1,tomorrow,2028-13-01'),
    },
    faults: [
      'tcs/CurriculumMembership.csv:3:curriculumStartDate "tomorrow" is no date of the calendar (YYYY-MM-DD)',
      'tcs/CurriculumMembership.csv:3:curriculumEndDate "2028-13-01" is no date of the calendar (YYYY-MM-DD)',
      `${memberships}:3:programmeStartDate "2028-02-30" is no date of the calendar (YYYY-MM-DD)`,
      `${memberships}:4:programmeStartDate "01/02/2028" is no date of the calendar (YYYY-MM-DD)`,
      `${memberships}:4:programmeEndDate "2023-02-29" is no date of the calendar (YYYY-MM-DD)`,
    ],
  },
  'a line is not UTF-8': {
    files: { 'tcs/Person.csv': Buffer.from('id,role\n1,caf\xe9\n2,ok\n3,\xff\n', 'latin1') },
    faults: ['tcs/Person.csv:2:- the line is not UTF-8', 'tcs/Person.csv:4:- the line is not UTF-8'],
  },
  'a key is there twice': {
    files: {
      ...withLines('tcs/Programme.csv', '2,,,', '1,,,'),
      ...withLines(memberships, 'A-1,1,1,,,'),
    },
    faults: [
      'tcs/Programme.csv:4:id 1 is there already, on line 2',
      `${memberships}:3:uuid "a-1" is there already, on line 2`,
    ],
  },
  'memberships are of nobody, of no programme, curricula of no membership': {
    files: {
      ...withLines(memberships, 'b,2,1,,,', 'c,1,2,,,'),
      ...withLines('tcs/CurriculumMembership.csv', '2,Z-9,1,1,,'),
    },
    faults: [
      'tcs/CurriculumMembership.csv:3:programmeMembershipUuid "z-9" is no row of ProgrammeMembership',
      `${memberships}:3:personId 2 is no row of ContactDetails`,
      `${memberships}:4:programmeId 2 is no row of Programme`,
    ],
  },
}

for (const [name, { files, faults }] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, async (t) => {
    const place = await LoadingPlace.of(t)
    assert.deepEqual((await place.faultsOf(files)).map(told), faults)
  })
}

test('what refers to a file that could not be read is not called an orphan', async (t) => {
  const place = await LoadingPlace.of(t)
  const faults = await place.faultsOf({
    [contacts]: null,
    'tcs/Programme.csv': 'id,owner\n',
    [memberships]: 'uuid\n',
  })
  assert.deepEqual(new Set(faults.map((each) => each.file)), new Set([contacts, 'tcs/Programme.csv', memberships]))
})

test('what refers to a row with a fault is not called an orphan', async (t) => {
  const place = await LoadingPlace.of(t)
  const faults = await place.faultsOf({
    ...withLines(memberships, 'b,1,1,,2028-02-30,'),
    ...withLines('tcs/CurriculumMembership.csv', '2,b,1,1,,'),
  })
  assert.deepEqual(
    faults.map(({ file, line }) => [file, line]),
    [[memberships, 3]],
  )
})

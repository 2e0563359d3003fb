import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
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
      `${contacts}:1:surname column missing in the header: "id,forenames,forenames"`,
      `${contacts}:1:forenames duplicate column in the header`,
    ],
  },
  'a file has not even a header': {
    files: { 'tcs/GmcDetails.csv': '' },
    faults: ['tcs/GmcDetails.csv:1:- the file is empty, without even a header'],
  },
  'semicolons, tabs or bars separate the columns, quoted or not': {
    files: {
      [contacts]: 'id;surname;forenames\n1;Smith;"a;b"\n',
      'tcs/GmcDetails.csv': '\ufeff\n"id"\t"gmcNumber"\r\n"1"\t"1234567"\r\n',
      'tcs/Person.csv': 'id|role\n1|DR in Training\n',
    },
    faults: [
      `${contacts}:1:- semicolons separate the columns of "id;surname;forenames". Export the table with commas`,
      'tcs/GmcDetails.csv:2:- tabs separate the columns of ""id"\t"gmcNumber"". Export the table with commas',
      'tcs/Person.csv:1:- vertical bars separate the columns of "id|role". Export the table with commas',
    ],
  },
  'there is no header': {
    files: { [contacts]: '1,Smith,Siân\n2,"Jones",Ann\n' },
    faults: [
      `${contacts}:1:- the file begins with "1,Smith,Siân", not a header: none of the columns id, surname, forenames. Export the table with a header`,
    ],
  },
  'a file is UTF-16, with or without a mark, compressed, or a workbook': {
    files: {
      [contacts]: Buffer.from('\ufeffid,surname,forenames\n1,a,b\n', 'utf16le'),
      'tcs/GmcDetails.csv': Buffer.from('id,gmcNumber\n1,1234567\n', 'utf16le'),
      'tcs/Person.csv': Buffer.from('\ufeffid,role\n1,x\n', 'utf16le').swap16(),
      'tcs/Programme.csv': gzipSync('id,owner,programmeName,programmeNumber\n'),
      [memberships]: Buffer.from('PK\u0003\u0004 and so on', 'latin1'),
    },
    faults: [
      `${contacts}:-:- the file is UTF-16. Export it as plain text in UTF-8`,
      'tcs/GmcDetails.csv:-:- the file is UTF-16. Export it as plain text in UTF-8',
      'tcs/Person.csv:-:- the file is UTF-16. Export it as plain text in UTF-8',
      'tcs/Programme.csv:-:- the file is compressed (gzip). Export it as plain text in UTF-8',
      `${memberships}:-:- the file is a ZIP archive, or a workbook. Export it as plain text in UTF-8`,
    ],
  },
  'lines end with a carriage return alone': {
    files: { 'tcs/Person.csv': 'id,role\r1,DR in Training\r' },
    faults: ['tcs/Person.csv:1:- lines end with a carriage return only. Export with line feeds'],
  },
  'a line has no end': {
    files: { 'tcs/Person.csv': Buffer.concat([Buffer.from('id,role\n'), Buffer.alloc(17 * 1024 * 1024, 'x')]) },
    faults: ['tcs/Person.csv:2:- the line is longer than 16 MiB'],
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
    faults: [`${contacts}:3:- invalid quoting (CSV_QUOTE_NOT_CLOSED); cannot read the file from here on`],
  },
  'a text continues after its quotes': {
    files: withLines(contacts, '', '2,"two', 'lines",a', '3,"a"b,c'),
    faults: [`${contacts}:6:- invalid quoting (CSV_INVALID_CLOSING_QUOTE); cannot read the file from here on`],
  },
  'a key or a reference that is due is NULL as MySQL writes it': {
    files: { ...withLines(contacts, '\\N,a,b'), ...withLines(memberships, 'b,"\\N",1,,,', '\\N,1,1,,,') },
    faults: [
      `${contacts}:3:id expected a number, got an empty field`,
      `${memberships}:3:personId expected a number, got an empty field`,
      `${memberships}:4:uuid key of the row is blank`,
    ],
  },
  'lines are those of the file after cells with any line end in them, blank lines and CR LF': {
    files: {
      [contacts]:
        'id,surname,forenames,address\r\n1,a,b,"1 High St\r\nTown"\r\n\r\n2,a,b,"x\r\ny\nz"\r\nbad,a,b,"1\n\n2"\r\nworse,a,b,\r\n',
    },
    faults: [`${contacts}:8:id "bad" is not a number`, `${contacts}:11:id "worse" is not a number`],
  },
  'an id is not a number, is empty, or is too large': {
    files: withLines(contacts, 'x1,a,b', ',a,b', '12345678901234567,a,b', '1.5,a,b', ' 7,a,b', '9007199254740993,a,b'),
    faults: [
      `${contacts}:3:id "x1" is not a number`,
      `${contacts}:4:id expected a number, got an empty field`,
      `${contacts}:5:id "12345678901234567" is not a number`,
      `${contacts}:6:id "1.5" is not a number`,
      `${contacts}:7:id " 7" is not a number`,
      `${contacts}:8:id "9007199254740993" is not a number`,
    ],
  },
  'a reference is not a number, or is empty although required': {
    files: withLines(memberships, 'b,,1,,,', 'c,one,two,,,'),
    faults: [
      `${memberships}:3:personId expected a number, got an empty field`,
      `${memberships}:4:personId "one" is not a number`,
      `${memberships}:4:programmeId "two" is not a number`,
    ],
  },
  'a membership has no UUID': {
    files: withLines(memberships, ' ,1,1,,,'),
    faults: [`${memberships}:3:uuid key of the row is blank`],
  },
  'a date is impossible': {
    files: {
      ...withLines(memberships, 'b,1,1,,2028-02-30,2028-02-29', 'c,1,1,,01/02/2028,2023-02-29'),
      ...withLines('tcs/CurriculumMembership.csv', '2,a-1,1,1,tomorrow,2028-13-01'),
    },
    faults: [
      'tcs/CurriculumMembership.csv:3:curriculumStartDate "tomorrow" is not a valid date (YYYY-MM-DD)',
      'tcs/CurriculumMembership.csv:3:curriculumEndDate "2028-13-01" is not a valid date (YYYY-MM-DD)',
      `${memberships}:3:programmeStartDate "2028-02-30" is not a valid date (YYYY-MM-DD)`,
      `${memberships}:4:programmeStartDate "01/02/2028" is not a valid date (YYYY-MM-DD)`,
      `${memberships}:4:programmeEndDate "2023-02-29" is not a valid date (YYYY-MM-DD)`,
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
    faults: ['tcs/Programme.csv:4:id duplicate of 1 on line 2', `${memberships}:3:uuid duplicate of "a-1" on line 2`],
  },
  'memberships without a person or a programme, curricula without a membership': {
    files: {
      ...withLines(memberships, 'b,2,1,,,', 'c,1,2,,,'),
      ...withLines('tcs/CurriculumMembership.csv', '2,Z-9,1,1,,'),
    },
    faults: [
      'tcs/CurriculumMembership.csv:3:programmeMembershipUuid "z-9" does not exist in ProgrammeMembership',
      `${memberships}:3:personId 2 does not exist in ContactDetails`,
      `${memberships}:4:programmeId 2 does not exist in Programme`,
    ],
  },
}

for (const [name, { files, faults }] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, async (t) => {
    const place = await LoadingPlace.of(t)
    assert.deepEqual((await place.faultsOf(files)).map(told), faults)
  })
}

test('references to an unreadable file are not reported', async (t) => {
  const place = await LoadingPlace.of(t)
  const faults = await place.faultsOf({
    [contacts]: null,
    'tcs/Programme.csv': 'id,owner\n',
    [memberships]: 'uuid\n',
  })
  assert.deepEqual(new Set(faults.map((each) => each.file)), new Set([contacts, 'tcs/Programme.csv', memberships]))
})

test('an unreadable row is one error, whatever refers to it; rows of other tables are checked', async (t) => {
  const place = await LoadingPlace.of(t)
  const faults = await place.faultsOf({
    [contacts]: 'id,surname,forenames\n1,Smith,Siân,\n2,b,c\n3\n',
    ...withLines(memberships, 'b,3,9,,,', 'c,x,1,,,', 'd,4,1,,,'),
    ...withLines('tcs/CurriculumMembership.csv', '2,nowhere,1,1,,'),
  })
  assert.deepEqual(faults.map(told), [
    `${contacts}:2:- the row has 4 fields where the header has 3`,
    `${contacts}:4:- the row has 1 fields where the header has 3`,
    `tcs/CurriculumMembership.csv:3:programmeMembershipUuid "nowhere" does not exist in ProgrammeMembership`,
    `${memberships}:3:programmeId 9 does not exist in Programme`,
    `${memberships}:4:personId "x" is not a number`,
    `${memberships}:5:personId 4 does not exist in ContactDetails`,
  ])
})

test('if the key of a row is unreadable, references that may be to it are not checked, but counted', async (t) => {
  const place = await LoadingPlace.of(t)
  const folder = await place.folder({
    [contacts]: 'id,surname,forenames\n1.0,Smith,Siân\n',
    ...withLines(memberships, 'b,1,9,,,'),
  })
  const { faults, unjudged } = await place.refusalOf(folder)
  assert.deepEqual(faults.map(told), [
    `${contacts}:2:id "1.0" is not a number`,
    `${memberships}:3:programmeId 9 does not exist in Programme`,
  ])
  assert.equal(unjudged, 2)
})

test('references to an invalid row are not reported', async (t) => {
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

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LoadingPlace, told, withLines, type Files } from './folder.ts'

const doctors = 'gmc/doctorsForDB.jsonl'
const recommendations = 'gmc/recommendation.jsonl'
const reasons = 'connection/exceptionLogs.jsonl'

const ONE_A_LINE = 'Export one document per line: mongoexport without --jsonArray and --pretty'

const REFUSED: Record<string, { readonly files: Files; readonly faults: readonly string[] }> = {
  'a file is missing': { files: { [doctors]: null }, faults: [`${doctors}:-:- the file is missing`] },
  'a line is not a document': {
    files: withLines(reasons, '{"_id":"2', '[]', 'null', '7', 'text'),
    faults: [3, 2, 4, 5, 6].toSorted().map((line) => `${reasons}:${line}:- the line is not a JSON document`),
  },
  'documents are exported in another form than one a line': {
    files: {
      [doctors]: '\n [{"_id":"7000001"},\n{"_id":"7000003"}]\n',
      [recommendations]: '{\n  "_id": "r"\n}\n',
      [reasons]: '_id,errorMessage\n1234567,x\n',
    },
    faults: [
      `${reasons}:1:- the file is CSV. ${ONE_A_LINE}`,
      `${doctors}:2:- the file is a single array (mongoexport --jsonArray, Compass); jq -c ".[]" turns it into lines. ${ONE_A_LINE}`,
      `${recommendations}:1:- documents span several lines (mongoexport --pretty); jq -c . makes one line of each. ${ONE_A_LINE}`,
    ],
  },
  'an array on one line is longer than any row may be': {
    files: { [doctors]: `[${'{"_id":"7000001"},'.repeat(1_000_000)}{"_id":"7000003"}]` },
    faults: [
      `${doctors}:1:- the file is a single array (mongoexport --jsonArray, Compass); jq -c ".[]" turns it into lines. ${ONE_A_LINE}`,
    ],
  },
  'documents are UTF-16': {
    files: { [doctors]: Buffer.from('{"_id":"7000001"}\n', 'utf16le') },
    faults: [`${doctors}:-:- the file is UTF-16. Export it as plain text in UTF-8`],
  },
  'a key is blank or absent': {
    files: { ...withLines(doctors, '{"_id":" \u00a0"}', '{"admin":"x"}'), ...withLines(recommendations, '{"_id":""}') },
    faults: [
      `${doctors}:2:_id key of the document is blank`,
      `${doctors}:3:_id key of the document is blank`,
      `${recommendations}:2:_id key of the document is blank`,
    ],
  },
  'a field is of another type': {
    files: {
      ...withLines(
        doctors,
        '{"_id":2345678}',
        '{"_id":"3","existsInGmc":"true","admin":{"a":1},"sanction":["x"]}',
        '{"_id":"4","submissionDate":"2028-02-01","dateAdded":20280201,"lastUpdatedDate":{"$date":"2028-02-01T00:00:00Z","x":1}}',
      ),
      ...withLines(recommendations, '{"_id":{"$oid":"5f00"}}', '{"_id":"r","gmcNumber":1234567}'),
      ...withLines(reasons, '{"_id":"2","errorMessage":false}'),
    },
    faults: [
      `${reasons}:2:errorMessage expected text, got a boolean`,
      `${doctors}:2:_id expected text, got a number`,
      `${doctors}:3:sanction expected text, got an array`,
      `${doctors}:3:admin expected text, got a document`,
      `${doctors}:3:existsInGmc expected true or false, got a string`,
      `${doctors}:4:submissionDate expected a date ({"$date": …}), got a string`,
      `${doctors}:4:dateAdded expected a date ({"$date": …}), got a number`,
      `${doctors}:4:lastUpdatedDate expected a date ({"$date": …}), got a document`,
      `${recommendations}:2:_id $oid is not 24 hexadecimal digits`,
      `${recommendations}:3:gmcNumber expected text, got a number`,
    ],
  },
  'a date is impossible': {
    files: {
      ...withLines(
        doctors,
        '{"_id":"2","submissionDate":{"$date":"2028-02-30T00:00:00Z"}}',
        '{"_id":"3","dateAdded":{"$date":"2028-02-30T00:00:00+01:00"}}',
        '{"_id":"4","dateAdded":{"$date":"2028-01-01T24:00:00Z"}}',
        '{"_id":"5","dateAdded":{"$date":"2028-01-01"}}',
        '{"_id":"6","dateAdded":{"$date":{"$numberLong":"soon"}}}',
        '{"_id":"7","dateAdded":{"$date":{"$numberLong":"999999999999999"}}}',
        '{"_id":"8","dateAdded":{"$date":null}}',
      ),
      ...withLines(reasons, '{"_id":"2","timestamp":{"$date":"2026-06-31T10:00:00Z"}}'),
    },
    faults: [
      `${reasons}:2:timestamp "2026-06-31T10:00:00Z" is not a valid date`,
      `${doctors}:2:submissionDate "2028-02-30T00:00:00Z" is not a valid date`,
      `${doctors}:3:dateAdded "2028-02-30T00:00:00+01:00" is not a valid date`,
      `${doctors}:4:dateAdded "2028-01-01T24:00:00Z" is not a valid date`,
      `${doctors}:5:dateAdded "2028-01-01" is not a valid date`,
      `${doctors}:6:dateAdded "{"$numberLong":"soon"}" is not a valid date`,
      `${doctors}:7:dateAdded "{"$numberLong":"999999999999999"}" is not a valid date`,
      `${doctors}:8:dateAdded "null" is not a valid date`,
    ],
  },
  'a value is unknown': {
    files: {
      ...withLines(doctors, '{"_id":"2","underNotice":"MAYBE"}', '{"_id":"3","doctorStatus":"DONE"}'),
      ...withLines(recommendations, '{"_id":"r","outcome":"Approved"}'),
    },
    faults: [
      `${doctors}:2:underNotice expected one of YES, NO, ON_HOLD, got "MAYBE"`,
      `${doctors}:3:doctorStatus expected one of NOT_STARTED, STARTED, READY_TO_REVIEW, READY_TO_SUBMIT, SUBMITTED_TO_GMC, COMPLETED, DRAFT, got "DONE"`,
      `${recommendations}:2:outcome expected one of APPROVED, REJECTED, UNDER_REVIEW, got "Approved"`,
    ],
  },
  'two documents have one key, or trim to one number': {
    files: {
      ...withLines(doctors, '{"_id":" 1234567"}', '{"_id":"UNKNOWN"}', '{"_id":"UNKNOWN "}', '{"_id":"UNKNOWN"}'),
      ...withLines(recommendations, '{"_id":{"$oid":"5F0000000000000000000008"}}'),
      ...withLines(reasons, '{"_id":"1234567\u00a0"}'),
    },
    faults: [
      `${reasons}:2:_id duplicate of "1234567" on line 1`,
      `${doctors}:2:_id duplicate of "1234567" on line 1`,
      `${doctors}:5:_id duplicate of "UNKNOWN" on line 3`,
      `${recommendations}:2:_id duplicate of "5f0000000000000000000008" on line 1`,
    ],
  },
  'a line is not UTF-8, or holds half of a character': {
    files: {
      [doctors]: Buffer.from('{"_id":"1"}\n{"_id":"2","admin":"\xe9"}\n{"_id":"3","admin":"\\ud83d"}\n', 'latin1'),
    },
    faults: [
      `${doctors}:2:- the line is not UTF-8`,
      `${doctors}:3:admin contains an incomplete character (lone surrogate)`,
    ],
  },
}

for (const [name, { files, faults }] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, async (t) => {
    const place = await LoadingPlace.of(t)
    assert.deepEqual((await place.faultsOf(files)).map(told), faults)
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LoadingPlace, told, withLines, type Files } from './folder.ts'

const doctors = 'gmc/doctorsForDB.jsonl'
const recommendations = 'gmc/recommendation.jsonl'
const reasons = 'connection/exceptionLogs.jsonl'

const ONE_A_LINE = 'Export one document a line, as mongoexport does without --jsonArray and --pretty'

const REFUSED: Record<string, { readonly files: Files; readonly faults: readonly string[] }> = {
  'a file is missing': { files: { [doctors]: null }, faults: [`${doctors}:-:- the file is missing`] },
  'a line is no document': {
    files: withLines(reasons, '{"_id":"2', '[]', 'null', '7', 'text'),
    faults: [3, 2, 4, 5, 6].toSorted().map((line) => `${reasons}:${line}:- the line is no JSON document`),
  },
  'documents are exported in another form than one a line': {
    files: {
      [doctors]: '\n [{"_id":"7000001"},\n{"_id":"7000003"}]\n',
      [recommendations]: '{\n  "_id": "r"\n}\n',
      [reasons]: '_id,errorMessage\n1234567,x\n',
    },
    faults: [
      `${reasons}:1:- the file is CSV. ${ONE_A_LINE}`,
      `${doctors}:2:- the file is one array (mongoexport --jsonArray, Compass); jq -c ".[]" turns it into lines. ${ONE_A_LINE}`,
      `${recommendations}:1:- the documents go over several lines (mongoexport --pretty); jq -c . makes each one line. ${ONE_A_LINE}`,
    ],
  },
  'an array on one line is longer than any row may be': {
    files: { [doctors]: `[${'{"_id":"7000001"},'.repeat(1_000_000)}{"_id":"7000003"}]` },
    faults: [
      `${doctors}:1:- the file is one array (mongoexport --jsonArray, Compass); jq -c ".[]" turns it into lines. ${ONE_A_LINE}`,
    ],
  },
  'documents are UTF-16': {
    files: { [doctors]: Buffer.from('{"_id":"7000001"}\n', 'utf16le') },
    faults: [`${doctors}:-:- the file is UTF-16. Export it as plain text in UTF-8`],
  },
  'a key is blank or absent': {
    files: { ...withLines(doctors, '{"_id":" \u00a0"}', '{"admin":"x"}'), ...withLines(recommendations, '{"_id":""}') },
    faults: [
      `${doctors}:2:_id it is blank where the key of the document is due`,
      `${doctors}:3:_id it is blank where the key of the document is due`,
      `${recommendations}:2:_id it is blank where the key of the document is due`,
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
      `${reasons}:2:errorMessage it is a boolean where a text is due`,
      `${doctors}:2:_id it is a number where a text is due`,
      `${doctors}:3:sanction it is an array where a text is due`,
      `${doctors}:3:admin it is a document where a text is due`,
      `${doctors}:3:existsInGmc it is a string where true or false is due`,
      `${doctors}:4:submissionDate it is a string where a date ({"$date": …}) is due`,
      `${doctors}:4:dateAdded it is a number where a date ({"$date": …}) is due`,
      `${doctors}:4:lastUpdatedDate it is a document where a date ({"$date": …}) is due`,
      `${recommendations}:2:_id $oid is not 24 hexadecimal digits`,
      `${recommendations}:3:gmcNumber it is a number where a text is due`,
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
      `${reasons}:2:timestamp "2026-06-31T10:00:00Z" is no date of the calendar`,
      `${doctors}:2:submissionDate "2028-02-30T00:00:00Z" is no date of the calendar`,
      `${doctors}:3:dateAdded "2028-02-30T00:00:00+01:00" is no date of the calendar`,
      `${doctors}:4:dateAdded "2028-01-01T24:00:00Z" is no date of the calendar`,
      `${doctors}:5:dateAdded "2028-01-01" is no date of the calendar`,
      `${doctors}:6:dateAdded "{"$numberLong":"soon"}" is no date of the calendar`,
      `${doctors}:7:dateAdded "{"$numberLong":"999999999999999"}" is no date of the calendar`,
      `${doctors}:8:dateAdded "null" is no date of the calendar`,
    ],
  },
  'a value is unknown': {
    files: {
      ...withLines(doctors, '{"_id":"2","underNotice":"MAYBE"}', '{"_id":"3","doctorStatus":"DONE"}'),
      ...withLines(recommendations, '{"_id":"r","outcome":"Approved"}'),
    },
    faults: [
      `${doctors}:2:underNotice "MAYBE" is none of YES, NO, ON_HOLD`,
      `${doctors}:3:doctorStatus "DONE" is none of NOT_STARTED, STARTED, READY_TO_REVIEW, READY_TO_SUBMIT, SUBMITTED_TO_GMC, COMPLETED, DRAFT`,
      `${recommendations}:2:outcome "Approved" is none of APPROVED, REJECTED, UNDER_REVIEW`,
    ],
  },
  'two documents have one key, or trim to one number': {
    files: {
      ...withLines(doctors, '{"_id":" 1234567"}', '{"_id":"UNKNOWN"}', '{"_id":"UNKNOWN "}', '{"_id":"UNKNOWN"}'),
      ...withLines(recommendations, '{"_id":{"$oid":"5F0000000000000000000008"}}'),
      ...withLines(reasons, '{"_id":"1234567\u00a0"}'),
    },
    faults: [
      `${reasons}:2:_id "1234567" is there already, on line 1`,
      `${doctors}:2:_id "1234567" is there already, on line 1`,
      `${doctors}:5:_id "UNKNOWN" is there already, on line 3`,
      `${recommendations}:2:_id "5f0000000000000000000008" is there already, on line 1`,
    ],
  },
  'a line is not UTF-8, or holds half of a character': {
    files: {
      [doctors]: Buffer.from('{"_id":"1"}\n{"_id":"2","admin":"\xe9"}\n{"_id":"3","admin":"\\ud83d"}\n', 'latin1'),
    },
    faults: [`${doctors}:2:- the line is not UTF-8`, `${doctors}:3:admin it holds half of a character`],
  },
}

for (const [name, { files, faults }] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, async (t) => {
    const place = await LoadingPlace.of(t)
    assert.deepEqual((await place.faultsOf(files)).map(told), faults)
  })
}

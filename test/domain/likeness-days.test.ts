import { cases, spread } from './likeness-cases.ts'

cases('days', [
  [
    'an older export holds back',
    { days: { lastUpdatedDate: spread({ last: '2026-03-01' }) } },
    ['held back: newest lastUpdatedDate: 92 days older'],
  ],
  [
    'an older newest day is a warning if all others are newer',
    { days: { lastUpdatedDate: spread({ median: '2024-06-02', last: '2026-05-31' }) } },
    ['warned: newest lastUpdatedDate: 1 day older'],
  ],
  [
    'an older newest day of few rows is ignored',
    { days: { lastUpdatedDate: spread({ last: '2026-03-01' }) }, fields: { lastUpdatedDate: 49 } },
    [],
    { fields: { lastUpdatedDate: 49 } },
  ],
  [
    'an older newest day of exactly enough rows holds back',
    { days: { lastUpdatedDate: spread({ last: '2026-03-01' }) }, fields: { lastUpdatedDate: 50 } },
    ['held back: newest lastUpdatedDate: 92 days older'],
    { fields: { lastUpdatedDate: 50 } },
  ],
  ['newer days are ignored', { days: { lastUpdatedDate: spread({ median: '2026-06-01', last: '2026-06-02' }) } }, []],
  ['a median may move by months', { days: { submissionDate: spread({ median: '2025-03-27' }) } }, []],
  [
    'a median that moved by a year is a warning',
    { days: { submissionDate: spread({ median: '2023-06-01' }) } },
    ['warned: median submissionDate: 366 days earlier'],
  ],
  [
    'a median that moved by exactly the limit is a warning, in either direction',
    { days: { submissionDate: spread({ median: '2023-08-06' }), membershipEndDate: spread({ median: '2025-03-28' }) } },
    ['warned: median submissionDate: 300 days earlier', 'warned: median membershipEndDate: 300 days later'],
  ],
  [
    'an older median lastUpdatedDate is a warning',
    { days: { lastUpdatedDate: spread({ median: '2023-06-01' }) } },
    ['warned: median lastUpdatedDate: 366 days earlier'],
  ],
  [
    'an earliest or latest day exactly at the limit is a warning',
    { days: { curriculumEndDate: spread({ first: '2009-12-31' }), submissionDate: spread({ last: '2036-06-01' }) } },
    ['warned: latest submissionDate: 10 years later', 'warned: earliest curriculumEndDate: 10 years earlier'],
  ],
  [
    'a latest day beyond the limit is a warning',
    { days: { membershipEndDate: spread({ last: '2126-06-01' }) } },
    ['warned: latest membershipEndDate: 100 years later'],
  ],
  [
    'an earliest day beyond the limit is a warning',
    { days: { curriculumEndDate: spread({ first: '0020-01-01' }) } },
    ['warned: earliest curriculumEndDate: 2000 years earlier'],
  ],
  ['days without any value are judged as a field', { days: { submissionDate: null } }, []],
])

import { cases, spread } from './likeness-cases.ts'

cases('days', [
  [
    'an older export holds back',
    { days: { lastUpdatedDate: spread({ last: '2026-03-01' }) } },
    ['held back: newest lastUpdatedDate: 92 days older'],
  ],
  [
    'a newest day that is older, where all others are newer, is warned of',
    { days: { lastUpdatedDate: spread({ median: '2024-06-02', last: '2026-05-31' }) } },
    ['warned: newest lastUpdatedDate: 1 day older'],
  ],
  [
    'an older newest day of few rows is nothing',
    { days: { lastUpdatedDate: spread({ last: '2026-03-01' }) }, fields: { lastUpdatedDate: 49 } },
    [],
    { fields: { lastUpdatedDate: 49 } },
  ],
  ['newer days are nothing', { days: { lastUpdatedDate: spread({ median: '2026-06-01', last: '2026-06-02' }) } }, []],
  ['a median may move by months', { days: { submissionDate: spread({ median: '2025-03-27' }) } }, []],
  [
    'a median that moved by a year is warned of',
    { days: { submissionDate: spread({ median: '2023-06-01' }) } },
    ['warned: median submissionDate: 366 days earlier'],
  ],
  [
    'so is a latest day out of reach',
    { days: { membershipEndDate: spread({ last: '2126-06-01' }) } },
    ['warned: latest membershipEndDate: 100 years later'],
  ],
  [
    'so is an earliest one',
    { days: { curriculumEndDate: spread({ first: '0020-01-01' }) } },
    ['warned: earliest curriculumEndDate: 2000 years earlier'],
  ],
  ['that nobody has are left to their field', { days: { submissionDate: null } }, []],
])

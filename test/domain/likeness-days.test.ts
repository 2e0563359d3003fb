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
  [
    'an older newest day of just so many rows as are judged holds back',
    { days: { lastUpdatedDate: spread({ last: '2026-03-01' }) }, fields: { lastUpdatedDate: 50 } },
    ['held back: newest lastUpdatedDate: 92 days older'],
    { fields: { lastUpdatedDate: 50 } },
  ],
  ['newer days are nothing', { days: { lastUpdatedDate: spread({ median: '2026-06-01', last: '2026-06-02' }) } }, []],
  ['a median may move by months', { days: { submissionDate: spread({ median: '2025-03-27' }) } }, []],
  [
    'a median that moved by a year is warned of',
    { days: { submissionDate: spread({ median: '2023-06-01' }) } },
    ['warned: median submissionDate: 366 days earlier'],
  ],
  [
    'one that moved by just so many days as are far is warned of, either way',
    { days: { submissionDate: spread({ median: '2023-08-06' }), membershipEndDate: spread({ median: '2025-03-28' }) } },
    ['warned: median submissionDate: 300 days earlier', 'warned: median membershipEndDate: 300 days later'],
  ],
  [
    'one of when doctors were read that is older is warned of',
    { days: { lastUpdatedDate: spread({ median: '2023-06-01' }) } },
    ['warned: median lastUpdatedDate: 366 days earlier'],
  ],
  [
    'so is an earliest or a latest day that is just out of reach',
    { days: { curriculumEndDate: spread({ first: '2009-12-31' }), submissionDate: spread({ last: '2036-06-01' }) } },
    ['warned: latest submissionDate: 10 years later', 'warned: earliest curriculumEndDate: 10 years earlier'],
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

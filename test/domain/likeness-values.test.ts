import { cases } from './likeness-cases.ts'

const BODIES = { 'body A': 5_000, 'body B': 2_000, 'body C': 992, 'body D': 8 }

cases('a designated body', [
  ['with 8 doctors may vanish', { bodies: { ...BODIES, 'body D': 0 } }, []],
  [
    'that is halved holds back',
    { bodies: { ...BODIES, 'body B': 1_000 } },
    ['held back: rows of body body B: 50 % fewer'],
  ],
  [
    'that is gone holds back',
    { bodies: { 'body A': 5_000, 'body B': 2_000 } },
    ['held back: rows of body body C: fell to zero'],
  ],
  [
    'is re-coded where another of its size, a tenth more or less, appeared',
    { bodies: { 'body A': 5_000, 'body B': 2_000, 'body X': 900 } },
    ['warned: rows of body body C: re-coded as body X, which has 900 rows'],
  ],
  [
    'is re-coded where the difference is exactly a tenth',
    { bodies: { 'body X': 900 } },
    ['warned: rows of body body C: re-coded as body X, which has 900 rows'],
    { bodies: { 'body C': 1_000 } },
  ],
  [
    'that is gone beside another is held back where one body appeared for both: two were merged, or a code was lost',
    { bodies: { 'body X': 5_000 } },
    [
      'held back: rows of body body B: fell to zero',
      'warned: rows of body body A: re-coded as body X, which has 5000 rows',
    ],
    { bodies: { 'body A': 5_000, 'body B': 4_900 } },
  ],
  [
    'that is the larger of two chooses first, whatever their names',
    { bodies: { 'body X': 5_000 } },
    [
      'held back: rows of body body A: fell to zero',
      'warned: rows of body body B: re-coded as body X, which has 5000 rows',
    ],
    { bodies: { 'body A': 4_900, 'body B': 5_000 } },
  ],
  [
    'is re-coded as the nearest in size, whatever its name',
    { bodies: { 'body X': 5_400, 'body Y': 5_100 } },
    [
      'warned: rows of body body A: re-coded as body Y, which has 5100 rows',
      'warned: rows of body body X: none before',
    ],
    { bodies: { 'body A': 5_000 } },
  ],
  [
    'with just so many rows as are judged is re-coded too',
    { bodies: { 'body F': 50 } },
    ['warned: rows of body body E: re-coded as body F, which has 50 rows'],
    { bodies: { 'body E': 50 } },
  ],
  [
    'is not re-coded as one of another size',
    { bodies: { 'body A': 5_000, 'body B': 2_000, 'body X': 880 } },
    ['held back: rows of body body C: fell to zero', 'warned: rows of body body X: none before'],
  ],
  [
    'is not re-coded as one that was there',
    { bodies: { 'body A': 5_000, 'body B': 2_000, 'body D': 1_000 } },
    ['held back: rows of body body C: fell to zero', 'warned: rows of body body D: 125 times as many'],
  ],
  [
    'finds the nearest in size, and no two find the same',
    { bodies: { 'body X': 4_900, 'body Y': 5_100, 'body C': 992 } },
    [
      'held back: rows of body body B: fell to zero',
      'warned: rows of body body A: re-coded as body X, which has 4900 rows',
      'warned: rows of body body Y: none before',
    ],
  ],
  [
    'may have any name',
    { bodies: { constructor: 8_000 } },
    ['warned: rows of body __proto__: re-coded as constructor, which has 8000 rows'],
    { bodies: JSON.parse('{"__proto__": 8000}') as Record<string, number> },
  ],
])

/** As many bodies as a profile names, and a first one of 6,000 rows. */
const many = (first: string, last: string): Record<string, number> => ({
  [first]: 6_000,
  ...Object.fromEntries(Array.from({ length: 198 }, (_, index) => [`body ${index}`, 100])),
  [last]: 90,
})

cases('where a profile names no more bodies', [
  [
    'one that is no longer named may have as many rows as the rarest',
    { bodies: many('A', 'Z') },
    [],
    { bodies: many('A', 'Y') },
  ],
  [
    'a large one is re-coded all the same',
    { bodies: many('B', 'Z') },
    ['warned: rows of body A: re-coded as B, which has 6000 rows'],
    { bodies: many('A', 'Z') },
  ],
])

cases('a coded value', [
  [
    'that a tenth of the rows had holds back when it is gone',
    { codes: { underNotice: { NO: 8_000 } } },
    ['held back: rows with underNotice YES: fell to zero', 'warned: rows with underNotice NO: 81 % more'],
    { codes: { underNotice: { NO: 4_400, YES: 3_600 } } },
  ],
  [
    'that exactly a tenth of the rows had holds back too',
    { codes: { underNotice: { NO: 8_000 } } },
    ['held back: rows with underNotice YES: fell to zero', 'warned: rows with underNotice NO: 11 % more'],
    { codes: { underNotice: { NO: 7_200, YES: 800 } } },
  ],
  [
    'that few rows had may be gone',
    { codes: { membershipType: { common: 7_700 } } },
    ['warned: rows with membershipType rare: fell to zero'],
  ],
  [
    'of a region holds back when it is gone',
    { codes: { programmeOwner: { common: 7_700 } } },
    ['held back: rows with programmeOwner rare: fell to zero'],
  ],
  [
    'of a region may be renamed',
    { codes: { tcsDesignatedBody: { common: 7_700, new: 310 } } },
    ['warned: rows with tcsDesignatedBody rare: re-coded as new, which has 310 rows'],
  ],
  [
    'of a status is never renamed: its values are fixed',
    { codes: { tisStatus: { common: 7_700, DRAFT: 300 } } },
    ['warned: rows with tisStatus rare: fell to zero', 'warned: rows with tisStatus DRAFT: none before'],
  ],
  [
    'that has a tenth more rows is warned of',
    { codes: { gmcStatus: { common: 7_700, rare: 360 } } },
    ['warned: rows with gmcStatus rare: 20 % more'],
  ],
  ['of the connection is left to the indexes', { codes: { connectionStatus: {} } }, []],
])

import { cases } from './likeness-cases.ts'

const BODIES = { 'body A': 5_000, 'body B': 2_000, 'body C': 992, 'body D': 8 }

cases('a designated body', [
  ['with 8 doctors may disappear', { bodies: { ...BODIES, 'body D': 0 } }, []],
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
    'is re-coded if a new body of its size ± 10 % appeared',
    { bodies: { 'body A': 5_000, 'body B': 2_000, 'body X': 900 } },
    ['warned: rows of body body C: re-coded as body X, which has 900 rows'],
  ],
  [
    'is re-coded if the difference is exactly 10 %',
    { bodies: { 'body X': 900 } },
    ['warned: rows of body body C: re-coded as body X, which has 900 rows'],
    { bodies: { 'body C': 1_000 } },
  ],
  [
    'that disappeared together with another holds back if one new body replaced both',
    { bodies: { 'body X': 5_000 } },
    [
      'held back: rows of body body B: fell to zero',
      'warned: rows of body body A: re-coded as body X, which has 5000 rows',
    ],
    { bodies: { 'body A': 5_000, 'body B': 4_900 } },
  ],
  [
    'is matched first if it is the larger of two, whatever the names',
    { bodies: { 'body X': 5_000 } },
    [
      'held back: rows of body body A: fell to zero',
      'warned: rows of body body B: re-coded as body X, which has 5000 rows',
    ],
    { bodies: { 'body A': 4_900, 'body B': 5_000 } },
  ],
  [
    'is re-coded as the one nearest in size, whatever its name',
    { bodies: { 'body X': 5_400, 'body Y': 5_100 } },
    [
      'warned: rows of body body A: re-coded as body Y, which has 5100 rows',
      'warned: rows of body body X: none before',
    ],
    { bodies: { 'body A': 5_000 } },
  ],
  [
    'with exactly enough rows can be re-coded',
    { bodies: { 'body F': 50 } },
    ['warned: rows of body body E: re-coded as body F, which has 50 rows'],
    { bodies: { 'body E': 50 } },
  ],
  [
    'is not re-coded as one of a different size',
    { bodies: { 'body A': 5_000, 'body B': 2_000, 'body X': 880 } },
    ['held back: rows of body body C: fell to zero', 'warned: rows of body body X: none before'],
  ],
  [
    'is not re-coded as one that existed before',
    { bodies: { 'body A': 5_000, 'body B': 2_000, 'body D': 1_000 } },
    ['held back: rows of body body C: fell to zero', 'warned: rows of body body D: 125 times as many'],
  ],
  [
    'is matched to the nearest in size, and no two to the same',
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

/** As many bodies as a profile lists, the first with 6,000 rows. */
const many = (first: string, last: string): Record<string, number> => ({
  [first]: 6_000,
  ...Object.fromEntries(Array.from({ length: 198 }, (_, index) => [`body ${index}`, 100])),
  [last]: 90,
})

cases('if a profile lists its maximum of bodies', [
  [
    'one that is no longer listed may have as many rows as the rarest',
    { bodies: many('A', 'Z') },
    [],
    { bodies: many('A', 'Y') },
  ],
  [
    'a large one is still re-coded',
    { bodies: many('B', 'Z') },
    ['warned: rows of body A: re-coded as B, which has 6000 rows'],
    { bodies: many('A', 'Z') },
  ],
])

cases('a coded value', [
  [
    'that more than 10 % of the rows had holds back if it disappears',
    { codes: { underNotice: { NO: 8_000 } } },
    ['held back: rows with underNotice YES: fell to zero', 'warned: rows with underNotice NO: 81 % more'],
    { codes: { underNotice: { NO: 4_400, YES: 3_600 } } },
  ],
  [
    'that exactly 10 % of the rows had holds back too',
    { codes: { underNotice: { NO: 8_000 } } },
    ['held back: rows with underNotice YES: fell to zero', 'warned: rows with underNotice NO: 11 % more'],
    { codes: { underNotice: { NO: 7_200, YES: 800 } } },
  ],
  [
    'that few rows had may disappear',
    { codes: { membershipType: { common: 7_700 } } },
    ['warned: rows with membershipType rare: fell to zero'],
  ],
  [
    'of a region holds back if it disappears',
    { codes: { programmeOwner: { common: 7_700 } } },
    ['held back: rows with programmeOwner rare: fell to zero'],
  ],
  [
    'of a region may be renamed',
    { codes: { tcsDesignatedBody: { common: 7_700, new: 310 } } },
    ['warned: rows with tcsDesignatedBody rare: re-coded as new, which has 310 rows'],
  ],
  [
    'of a status cannot be renamed, because statuses are fixed',
    { codes: { tisStatus: { common: 7_700, DRAFT: 300 } } },
    ['warned: rows with tisStatus rare: fell to zero', 'warned: rows with tisStatus DRAFT: none before'],
  ],
  [
    'with 10 % more rows is a warning',
    { codes: { gmcStatus: { common: 7_700, rare: 360 } } },
    ['warned: rows with gmcStatus rare: 20 % more'],
  ],
  ['of the connection status is judged by the indexes', { codes: { connectionStatus: {} } }, []],
])

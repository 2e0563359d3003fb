import { Draws } from '../../src/app/demo/random.ts'
import { londonDay } from '../../src/domain/day.ts'
import { DESIGNATED_BODIES } from '../../src/domain/designated-bodies.ts'
import { reading, type Environment } from '../changes/installation.ts'
import type { Request } from './load.ts'

/** What people look for, as it is in the data. */
export interface Sample {
  readonly first: string
  readonly last: string
  readonly number: string
  readonly programme: string
}

/** How often each kind is asked for, of a hundred requests. */
const SHARES = {
  'doctors, first page': 14,
  'doctors, under notice': 6,
  'doctors, page 10 to 50': 6,
  'doctors, last page': 4,
  'doctors, other column': 8,
  'search, 1 letter': 4,
  'search, 3 letters': 8,
  'search, both names': 6,
  'search, programme': 4,
  'search, number': 6,
  'filter, programme': 4,
  'connections, first page': 8,
  'connections, last page': 2,
  'connections, other column': 4,
  'connections, search': 6,
  'all bodies and counts': 4,
  autocomplete: 6,
} as const
export type Kind = keyof typeof SHARES

// They are the keys of the table.
export const KINDS = Object.keys(SHARES) as readonly Kind[]

const SAMPLES = 2_000
const ADMINS = 20
const PAGE_SIZE = 20

const DOCTOR_COLUMNS = ['doctorLastName', 'programmeName', 'curriculumEndDate', 'gmcOutcome', 'admin'] as const
const CONNECTION_COLUMNS = ['doctorLastName', 'programmeMembershipEndDate', 'programmeOwner', 'designatedBody'] as const
const CONNECTION_LISTS = ['connected', 'disconnected', 'exception', 'discrepancies'] as const

/** Names, numbers and programmes of live doctors. */
export function samplesOf(environment: Environment): Promise<readonly [Sample, ...Sample[]]> {
  return reading(environment, async ({ store, clock }) => {
    const samples: Sample[] = []
    let at = 0
    for await (const document of store.documents('live', 'connectedindex', londonDay(clock.now()))) {
      at += 1
      // The ids ascend, so the first ones would be of one source.
      if (at % 37 !== 0) continue
      const { doctorFirstName: first, doctorLastName: last, gmcReferenceNumber: number, programmeName } = document
      if (typeof first !== 'string' || typeof last !== 'string' || typeof programmeName !== 'string') continue
      const [programme = ''] = programmeName.split(' | ')
      samples.push({ first, last, number: String(number), programme })
      if (samples.length === SAMPLES) break
    }
    const [one, ...others] = samples
    if (one === undefined) throw new Error('no connected doctor has names and a programme')
    return [one, ...others]
  })
}

/** Requests as people send them: each for the bodies of an admin, all kinds mixed. The same for the same seed. */
export async function mixOf(
  address: string,
  samples: readonly [Sample, ...Sample[]],
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<readonly Request<Kind>[]> {
  const draws = new Draws(seed, 'lists')
  const admins = await Promise.all(adminsOf(draws).map((bodies) => adminOf(address, bodies)))
  const deck = KINDS.flatMap((kind) => new Array<Kind>(SHARES[kind]).fill(kind))
  const requests: Request<Kind>[] = []
  while (requests.length < count) {
    draws.shuffle(deck)
    for (const kind of deck) {
      const admin = admins[draws.below(admins.length)] ?? { bodies: '', pages: { doctors: 0, connected: 0 } }
      const sample = samples[draws.below(samples.length)] ?? samples[0]
      requests.push({ kind, path: pathOf(kind, { draws, admin, sample }) })
    }
  }
  return requests.slice(0, count)
}

/** Most admins work for one body, some for two or three. */
function adminsOf(draws: Draws): readonly (readonly string[])[] {
  const codes = DESIGNATED_BODIES.map(({ code }) => code)
  return Array.from({ length: ADMINS }, (_, at) => {
    draws.shuffle(codes)
    return codes.slice(0, at % 4 === 3 ? 2 + (at % 2) : 1)
  })
}

interface Admin {
  readonly bodies: string
  /** How many pages the lists have. */
  readonly pages: { readonly doctors: number; readonly connected: number }
}

async function adminOf(address: string, codes: readonly string[]): Promise<Admin> {
  const bodies = codes.join(',')
  const pages = async (path: string) => {
    const response = await fetch(`${address}${path}?dbcs=${bodies}`)
    const { totalResults } = (await response.json()) as { readonly totalResults: number }
    return Math.max(1, Math.ceil(totalResults / PAGE_SIZE))
  }
  return {
    bodies,
    pages: { doctors: await pages('/api/v1/doctors'), connected: await pages('/api/connection/connected') },
  }
}

interface Asking {
  readonly draws: Draws
  readonly admin: Admin
  readonly sample: Sample
}

function pathOf(kind: Kind, { draws, admin, sample }: Asking): string {
  const { bodies, pages } = admin
  const { first, last, number, programme } = sample
  const direction = draws.pick(['asc', 'desc'])
  const doctors = (parameters: Readonly<Record<string, string>>) =>
    pathWith('/api/v1/doctors', {
      sortColumn: 'submissionDate',
      sortOrder: 'asc',
      pageNumber: '0',
      dbcs: bodies,
      ...parameters,
    })
  const connections = (list: string, parameters: Readonly<Record<string, string>>) => {
    const order = { sortColumn: 'gmcReferenceNumber', sortOrder: 'desc', pageNumber: '0' }
    return pathWith(`/api/connection/${list}`, { ...order, dbcs: bodies, tisDesignatedBodies: bodies, ...parameters })
  }
  switch (kind) {
    case 'doctors, first page':
      return doctors({ underNotice: 'false' })
    case 'doctors, under notice':
      return doctors({ underNotice: 'true' })
    case 'doctors, page 10 to 50':
      return doctors({ pageNumber: String(Math.min(pages.doctors - 1, 10 + draws.below(41))) })
    case 'doctors, last page':
      return doctors({ pageNumber: String(pages.doctors - 1) })
    case 'doctors, other column':
      return doctors({ sortColumn: draws.pick(DOCTOR_COLUMNS), sortOrder: direction })
    case 'search, 1 letter':
      return doctors({ searchQuery: last.slice(0, 1) })
    case 'search, 3 letters':
      return doctors({ searchQuery: last.slice(0, 3) })
    case 'search, both names':
      return doctors({ searchQuery: `${first} ${last}` })
    case 'search, programme':
      return doctors({ searchQuery: programme.slice(0, 8) })
    case 'search, number':
      return doctors({ searchQuery: number })
    case 'filter, programme':
      return doctors({ programmeName: programme })
    case 'connections, first page':
      return connections(draws.pick(CONNECTION_LISTS), {})
    case 'connections, last page':
      return connections('connected', { pageNumber: String(pages.connected - 1) })
    case 'connections, other column':
      return connections(draws.pick(CONNECTION_LISTS), {
        sortColumn: draws.pick(CONNECTION_COLUMNS),
        sortOrder: direction,
      })
    case 'connections, search':
      return connections(draws.pick(CONNECTION_LISTS), { searchQuery: last.slice(1, 4) })
    case 'all bodies and counts':
      // As the support team asks: with all bodies there are.
      return doctors({ dbcs: DESIGNATED_BODIES.map(({ code }) => code).join(',') })
    case 'autocomplete':
      return pathWith('/api/v1/doctors/autocomplete', {
        fieldName: 'programmeName',
        input: programme.slice(0, 3 + draws.below(4)),
        dbcs: bodies,
      })
  }
}

function pathWith(path: string, parameters: Readonly<Record<string, string>>): string {
  return `${path}?${new URLSearchParams(parameters).toString()}`
}

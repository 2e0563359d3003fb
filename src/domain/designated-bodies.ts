/** A designated body and the programme owners it answers for. */
export interface DesignatedBody {
  readonly code: string
  readonly owners: readonly string[]
}

/** Bodies in order of precedence: an owner that several answer for belongs to the first. Operators may replace it. */
export type DesignatedBodies = readonly DesignatedBody[]

/** The bodies as the rules list them. Bodies are renamed and re-coded over the years, so this is data, not code. */
export const DESIGNATED_BODIES: DesignatedBodies = [
  { code: '1-1RUZV1D', owners: ['Kent, Surrey and Sussex', 'London LETBs'] },
  { code: '1-1RUZV6H', owners: ['North West London', 'London LETBs'] },
  { code: '1-1RUZV4H', owners: ['North Central and East London', 'London LETBs'] },
  { code: '1-1RSSQ5L', owners: ['South London', 'London LETBs'] },
  { code: '1-1RSSPZ7', owners: ['East Midlands'] },
  { code: '1-1RSSQ05', owners: ['East of England'] },
  { code: '1-1RSSQ1B', owners: ['North East'] },
  { code: '1-1RSSQ6R', owners: ['Thames Valley'] },
  { code: '1-1RSG4X0', owners: ['Yorkshire and the Humber'] },
  { code: '1-1RUZUYF', owners: ['West Midlands'] },
  { code: '1-1RUZUVB', owners: ['South West'] },
  { code: '1-1RUZUSF', owners: ['Wessex'] },
  { code: '1-1RSSQ2H', owners: ['North West'] },
  { code: '1-25U-830', owners: ['Northern Ireland Medical and Dental Training Agency'] },
]

/** The code of the first body that answers for the owner; null without an owner, or for one that is not in the list. */
export function bodyOfOwner(bodies: DesignatedBodies, owner: string | null): string | null {
  if (owner === null) return null
  return bodies.find((body) => body.owners.includes(owner))?.code ?? null
}

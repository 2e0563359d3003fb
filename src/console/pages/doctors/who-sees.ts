import type { AssembledDocument } from '../../../domain/assemble.ts'
import type { Day } from '../../../domain/day.ts'
import type { DesignatedBodies } from '../../../domain/designated-bodies.ts'
import type { BodyScope, ListName } from '../../../domain/list-query.ts'
import { isInList, maySee } from '../../../domain/may-see.ts'
import { bodyInWords } from '../../words/bodies.ts'
import { listed } from '../../words/numbers.ts'

// Who sees a row in the lists of the admins' clients, in words. `isInList` and `maySee` decide.

/** Which rules apply. */
export interface Sight {
  readonly today: Day
  readonly bodies: DesignatedBodies
  readonly unconnected: BodyScope['unconnected']
}

/** The lists of the clients in which a row may be looked for; `all` has no page there. */
const SEEN_LISTS = {
  doctors: 'Recommendation',
  connected: 'Connected',
  disconnected: 'Disconnected',
  exception: 'Exception',
  discrepancies: 'Discrepancies',
} as const satisfies Partial<Record<ListName, string>>
type SeenList = keyof typeof SEEN_LISTS
// `Object.keys` returns `string[]`.
const LISTS = Object.keys(SEEN_LISTS) as readonly SeenList[]

export interface ListSight {
  readonly list: string
  readonly text: string
}

/** Who sees the row, by list. */
export function whoSees(document: AssembledDocument, sight: Sight): readonly ListSight[] {
  return LISTS.map((list) => ({ list: SEEN_LISTS[list], text: viewersOf(list, document, sight) }))
}

/** Whether an admin of one body sees the row, by list, and why. */
export function sightOf(code: string, document: AssembledDocument, sight: Sight): readonly ListSight[] {
  return LISTS.map((list) => {
    if (!isInList(list, document, sight.today))
      return { list: SEEN_LISTS[list], text: `No: ${whyNotIn(list, document)}.` }
    const sees = isSeenBy(code, list, document, sight)
    const why = sees ? whySeen(code, list, document, sight) : whyUnseen(list, document, sight)
    return { list: SEEN_LISTS[list], text: `${sees ? 'Yes' : 'No'}: ${why}.` }
  })
}

function isSeenBy(code: string, list: ListName, document: AssembledDocument, { unconnected }: Sight): boolean {
  return maySee(list, document, { bodies: [code], tisBodies: null, unconnected })
}

function viewersOf(list: SeenList, document: AssembledDocument, sight: Sight): string {
  if (!isInList(list, document, sight.today)) return `No admin: ${whyNotIn(list, document)}.`
  const { designatedBody, tcsDesignatedBody } = document
  const named = [designatedBody, tcsDesignatedBody].filter((code) => code !== null)
  const codes = [...new Set([...sight.bodies.map(({ code }) => code), ...named])]
  const viewers = codes.filter((code) => isSeenBy(code, list, document, sight))
  if (viewers.length === 0) return `No admin: ${whyUnseen(list, document, sight)}.`
  const whose =
    viewers.length === codes.length && codes.length > named.length
      ? 'Admins of every body'
      : `Admins of ${listed(viewers.map((code) => bodyInWords(code, sight.bodies)))}`
  const reasons = [...new Set(viewers.map((code) => whySeen(code, list, document, sight)))]
  return `${whose}: ${reasons.join('; ')}.`
}

/** Why the list does not have the row, for anybody. */
function whyNotIn(list: SeenList, { existsInGmc, designatedBody, tcsDesignatedBody }: AssembledDocument): string {
  switch (list) {
    case 'doctors':
      return existsInGmc === null
        ? 'the list shows doctors of the GMC only, and none is joined to this person'
        : 'the GMC says that the doctor does not exist there (Exists in the GMC is No)'
    case 'connected':
      return 'not in the list, because there is no designated body'
    case 'disconnected':
      return 'not in the list, because there is a designated body'
    case 'exception':
      return 'not in the list, because no rule applies'
    case 'discrepancies':
      return designatedBody === tcsDesignatedBody
        ? "not in the list, because the designated body and the programme owner's body do not differ"
        : 'not in the list, which leaves out military trainees and placement grade 279'
  }
}

function whySeen(
  code: string,
  list: SeenList,
  { designatedBody, tcsDesignatedBody }: AssembledDocument,
  { unconnected }: Sight,
): string {
  if (code === designatedBody) return 'the designated body'
  if (code === tcsDesignatedBody && !(list === 'disconnected' && unconnected === 'everybody'))
    return "the programme owner's body"
  return unconnected === 'everybody'
    ? 'every admin sees doctors without a designated body'
    : "every admin sees doctors without a designated body and without a programme owner's body"
}

function whyUnseen(
  list: SeenList,
  { designatedBody, tcsDesignatedBody }: AssembledDocument,
  { bodies }: Sight,
): string {
  const body =
    designatedBody === null
      ? 'there is no designated body'
      : `the designated body is ${bodyInWords(designatedBody, bodies)}`
  if (list === 'doctors' || list === 'connected') return `each body sees its own doctors only, and ${body}`
  const owner =
    tcsDesignatedBody === null
      ? "there is no programme owner's body"
      : `the programme owner's body is ${bodyInWords(tcsDesignatedBody, bodies)}`
  return `${body}, and ${owner}`
}

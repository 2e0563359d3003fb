import assert from 'node:assert/strict'
import { INDEX_FIELDS, type ListName } from '../../../src/domain/lists.ts'
import { capturedCalls, send, type EngineCall } from './java-engine-calls.ts'
import type { SearchPlace } from './search-place.ts'

/** The body of a changed row, as a Java service reads it. */
export type ChangedRow = Readonly<Record<string, string | number | boolean | null>>

/** The number and the person of the row in the captured calls. */
const CAPTURED = { number: '1142631', person: '1799' }

/** The captured calls of one kind to a name, for another row: those of its number, of its person, or of both. */
async function callsFor(
  service: 'connection' | 'recommendation',
  { kind, list, row }: { readonly kind: RegExp; readonly list: ListName; readonly row: ChangedRow },
): Promise<readonly EngineCall[]> {
  const calls = await capturedCalls(service)
  return calls
    .filter(
      ({ method, url, body }) =>
        kind.test(`${method} ${url}`) && Object.values(CAPTURED).some((key) => body.includes(key)),
    )
    .filter(({ body }) => row.tcsPersonId !== null || body.includes(CAPTURED.number))
    .map(({ method, url, body }) => ({
      method,
      url: url.replace(/^\/[a-z]+/, `/${list}`),
      body: withoutPerson(row, body)
        .replaceAll(CAPTURED.number, String(row.gmcReferenceNumber))
        .replaceAll(new RegExp(`\\b${CAPTURED.person}\\b`, 'g'), String(row.tcsPersonId)),
    }))
}

/** A row without a person is searched by its number alone. */
function withoutPerson({ tcsPersonId }: ChangedRow, body: string): string {
  return tcsPersonId === null ? body.replace(/,\{"match":\{"tcsPersonId":.*?\}\}\}/, '') : body
}

async function mustSend(place: SearchPlace, call: EngineCall): Promise<unknown> {
  const { status, body } = await send(place, call)
  assert.ok(status < 300, `${call.method} ${call.url}: ${status} ${JSON.stringify(body)}`)
  return body
}

const refresh = (place: SearchPlace, list: ListName) =>
  mustSend(place, { method: 'POST', url: `/${list}/_refresh`, body: '' })

/** Finds the row in a list, by number or person, and writes it under every id that it finds, or under a new one. */
async function save(place: SearchPlace, service: 'connection' | 'recommendation', list: ListName, row: ChangedRow) {
  const [search] = await callsFor(service, { kind: /^POST \/\w+\/_search/, list, row })
  assert.ok(search, 'no such search was captured')
  const body = search.body.replace(/"size":\d+/, '"size":1000')
  const found = (await mustSend(place, { ...search, body })) as { hits: { hits: readonly { readonly _id: string }[] } }
  const fields = INDEX_FIELDS[list].filter((field) => row[field] != null)
  const document: Record<string, unknown> = { _class: 'uk.nhs' }
  for (const field of fields) document[field] = row[field]
  for (const { _id: id } of found.hits.hits) {
    const url = `/${list}/_doc/${encodeURIComponent(id)}`
    await mustSend(place, { method: 'PUT', url, body: JSON.stringify({ ...document, id }) })
  }
  if (found.hits.hits.length === 0)
    await mustSend(place, { method: 'POST', url: `/${list}/_doc`, body: JSON.stringify(document) })
  await refresh(place, list)
}

/** Deletes the row from a list, by number and by person. */
async function remove(place: SearchPlace, list: ListName, row: ChangedRow) {
  const calls = await callsFor('connection', { kind: /^POST \/exceptionindex\/_delete_by_query/, list, row })
  assert.ok(calls.length > 0, 'no such deletion was captured')
  for (const call of calls) {
    await mustSend(place, call)
    await refresh(place, list)
  }
}

/** What a Java recommendation does with a changed row. */
export function receivedByRecommendation(place: SearchPlace, row: ChangedRow): Promise<void> {
  return save(place, 'recommendation', 'recommendationindex', row)
}

/** What a Java connection does with a changed row: as it was seen, one without a reason is no exception. */
export async function receivedByConnection(place: SearchPlace, row: ChangedRow): Promise<void> {
  if (row.exceptionReason == null) await remove(place, 'exceptionindex', row)
  else await save(place, 'connection', 'exceptionindex', row)
  const isConnected = row.designatedBody != null && row.designatedBody !== ''
  await save(place, 'connection', isConnected ? 'connectedindex' : 'disconnectedindex', row)
  await remove(place, isConnected ? 'disconnectedindex' : 'connectedindex', row)
}

/** Fields that hold keys of rows or describe the message: what an operator needs to see. */
const SHOWN = new Set([
  'tcsPersonId',
  'gmcReferenceNumber',
  'gmcNumber',
  '_id',
  '$oid',
  'operationType',
  'syncEnd',
  'Type',
  'detail-type',
  'ns',
  'db',
  'coll',
])

/**
 * The body of a message with its structure and keys; every other value is replaced by its type. Of a body that is not JSON,
 * only the length is shown.
 */
export function maskedBody(body: Uint8Array): string {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(body).toString())
  } catch {
    return `${body.byteLength} bytes that are not JSON`
  }
  return JSON.stringify(masked(parsed, false), null, 2)
}

function masked(value: unknown, isShown: boolean): unknown {
  if (value === null) return null
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, isShown))
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, masked(inner, isShown || SHOWN.has(name))] as const),
    )
  }
  if (isShown) return value
  // The text of an envelope may be JSON itself.
  return typeof value === 'string' ? maskedText(value) : `(${typeof value})`
}

function maskedText(text: string): unknown {
  try {
    const inner: unknown = JSON.parse(text)
    if (typeof inner === 'object' && inner !== null) return masked(inner, false)
  } catch {
    // Not an envelope: ordinary text.
  }
  return text === '' ? '' : '(text)'
}

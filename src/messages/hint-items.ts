import { asRevalError } from '../errors/reval-error.ts'
import { hintedKeyText, type HintedKey, type HintFault, type Hints } from './hint.ts'
import { ItemHints } from './item-hints.ts'
import { decodeJson, describe, isObject, type JsonObject } from './json.ts'

/** An array in an SNS notification in an event of EventBridge in an SNS notification is as deep as three. */
const DEEPEST = 8

/**
 * What the items of a message say: a bare item, or arrays of them, with or without the envelopes of SNS and EventBridge
 * around the message or an item. Never throws.
 */
export function decodeHints(message: Uint8Array, read: (item: JsonObject, hints: ItemHints) => void): Hints {
  const keys = new Map<string, HintedKey>()
  const faults: HintFault[] = []
  const visit = (sent: unknown, path: string, depth: number): void => {
    const hints = new ItemHints(path)
    const inner = innerOf(sent, hints)
    if (inner !== null && depth < DEEPEST) {
      for (const [field, value] of inner) visit(value, joined(path, field), depth + 1)
    } else if (inner !== null) hints.refuse('MESSAGE_INVALID', 'body', 'nested too deeply')
    else if (isObject(sent)) read(sent, hints)
    else hints.refuse('MESSAGE_INVALID', 'body', `expected an object or an array, got ${describe(sent)}`)
    for (const key of hints.keys) keys.set(hintedKeyText(key), key)
    faults.push(...hints.faults)
  }
  try {
    visit(decodeJson(message), '', 0)
  } catch (error) {
    const { code, details } = asRevalError(error)
    if (code !== 'MESSAGE_NOT_JSON') throw error
    faults.push({ code, field: 'body', reason: String(details.reason) })
  }
  return { keys: [...keys.values()], faults }
}

type Inner = readonly (readonly [field: string, value: unknown])[]

/** What an array or an envelope holds; null for anything else. */
function innerOf(sent: unknown, hints: ItemHints): Inner | null {
  if (Array.isArray(sent)) {
    if (sent.length === 0) hints.refuse('MESSAGE_INVALID', 'body', 'empty array')
    return sent.map((item: unknown, index) => [`[${index}]`, item] as const)
  }
  if (!isObject(sent)) return null
  if (sent.Type === 'Notification' && 'Message' in sent) return content('Message', sent.Message, hints)
  return 'detail-type' in sent && 'detail' in sent ? content('detail', sent.detail, hints) : null
}

/** SNS sends what it was given as text; EventBridge as the JSON value, unless it was given text. */
function content(field: string, value: unknown, hints: ItemHints): Inner {
  if (typeof value !== 'string') return [[field, value]]
  try {
    return [[field, JSON.parse(value) as unknown]]
  } catch {
    // The parser's message quotes the text, which may hold personal data.
    hints.refuse('MESSAGE_NOT_JSON', field, 'not JSON')
    return []
  }
}

function joined(path: string, field: string): string {
  return path === '' || field.startsWith('[') ? `${path}${field}` : `${path}.${field}`
}

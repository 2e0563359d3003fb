import { invalidMessage } from './json.ts'

/** The commands of integration to the other services: send the trainees, send the doctors, count the lists. */
export const COMMANDS = ['syncStart', 'gmcSyncStart', 'getMaster'] as const
export type Command = (typeof COMMANDS)[number]

const SHOWN_LENGTH = 40
const LENIENT_UTF8 = new TextDecoder('utf-8')
const ENCODER = new TextEncoder()

/** A command as the JSON string that it is on the wire, quotes included. */
export function encodeCommand(command: Command): Uint8Array {
  return ENCODER.encode(`"${command}"`)
}

/**
 * The command of a message, quoted or bare (the reference accepts both). Throws `RevalError` MESSAGE_INVALID, with what
 * was received, for anything else; with `expected`, for another command too: each queue carries one.
 */
export function decodeCommand(body: Uint8Array, expected?: Command): Command {
  const text = LENIENT_UTF8.decode(body).trim()
  const allowed = expected === undefined ? COMMANDS : [expected]
  const command = allowed.find((each) => text === each || text === `"${each}"`)
  if (command !== undefined) return command
  const received = text === '' ? 'an empty body' : text.slice(0, SHOWN_LENGTH)
  throw invalidMessage('body', `expected ${allowed.map((each) => `"${each}"`).join(' or ')}, got ${received}`)
}

import { readFileSync } from 'node:fs'

/** A change that a Java service was sent, and what the Java integration service published for it. */
export interface CapturedChange {
  readonly name: string
  /** The channel. */
  readonly via: 'rabbit' | 'cdc-doctor' | 'cdc-recommendation'
  readonly body: string
  readonly published: readonly {
    readonly properties: Readonly<Record<string, unknown>>
    readonly body: string
  }[]
}

const FILE = new URL('../fixtures/changes/live-changes.jsonl', import.meta.url)

export const CAPTURED_CHANGES: readonly CapturedChange[] = readFileSync(FILE, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as CapturedChange)

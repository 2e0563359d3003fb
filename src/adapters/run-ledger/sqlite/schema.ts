import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { openDatabase } from '../../sqlite/database.ts'

/**
 * Raised whenever the tables change, or the shape of a record so that earlier versions or later ones misread it; a file of another
 * layout is refused. What was only added is filled in when it is read (`recordFrom`).
 */
const LAYOUT_VERSION = 4

/** Keys compare by code point (BINARY, in UTF-8), which is the order that the port promises for failures. */
const SCHEMA = `
  CREATE TABLE record (
    kind TEXT NOT NULL, id TEXT NOT NULL, revision TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE failure (
    generation TEXT NOT NULL, stage TEXT NOT NULL, key TEXT NOT NULL,
    run TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER,
    PRIMARY KEY (generation, stage, key)
  ) STRICT, WITHOUT ROWID`

/** By the layout that they start from. */
const UPGRADES = { 3: 'ALTER TABLE failure ADD COLUMN at INTEGER' }

export function ledgerFile(directory: string): string {
  return join(directory, 'ledger.sqlite')
}

/**
 * Opens the ledger's file in a data directory, laying it out when it is new. Every commit reaches the disk: a record
 * that was lost would undo a decision others have acted on.
 */
export function openLedgerFile(directory: string): DatabaseSync {
  return openDatabase(ledgerFile(directory), {
    code: 'LEDGER_FAILED',
    version: LAYOUT_VERSION,
    schema: SCHEMA,
    upgrades: UPGRADES,
    pragmas: 'PRAGMA synchronous = FULL',
  })
}

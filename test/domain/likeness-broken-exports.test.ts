import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { DesignatedBodies } from '../../src/domain/designated-bodies.ts'
import { likenessFindings, type LikenessFinding } from '../../src/domain/likeness.ts'
import type { Profile } from '../../src/domain/profile.ts'
import { RUN_DAY, type Happening } from './base-export.ts'
import { BROKEN_EXPORTS } from './broken-exports.ts'
import { ORDINARY_DAYS } from './ordinary-days.ts'
import { profileOf } from './profile-of.ts'
import { documentsOf, type Tables } from './tables.ts'
import { cells, rowsOfTable } from '../docs/page-rows.ts'

const PROFILES = new Map<Tables, Profile>()

function profileBefore(tables: Tables): Profile {
  const known = PROFILES.get(tables) ?? profileNow(tables)
  PROFILES.set(tables, known)
  return known
}

function profileNow(tables: Tables, bodies?: DesignatedBodies): Profile {
  return profileOf(documentsOf(tables, RUN_DAY, bodies), RUN_DAY)
}

interface Result {
  readonly what: string
  readonly findings: readonly LikenessFinding[]
}

function resultOf({ what, before, now, bodiesNow }: Happening): Result {
  return { what, findings: likenessFindings(profileNow(now, bodiesNow), profileBefore(before)) }
}

const BROKEN = BROKEN_EXPORTS.map(resultOf)
const ORDINARY = ORDINARY_DAYS.map(resultOf)

/** A row of docs/checks.md: the result, the most serious figure, and the number of other findings. */
function rowOf({ what, findings }: Result): string {
  const [gravest, ...others] = findings
  if (gravest === undefined) return cells(what, 'not noticed', '', '')
  const heldBack = others.filter(({ verdict }) => verdict === 'held back').length
  const counts = [`${heldBack} held back`, `${others.length - heldBack} warned`].filter((text) => !text.startsWith('0'))
  return cells(what, gravest.verdict, `${gravest.figure}: ${gravest.why}`, counts.join(', '))
}

/** The rows of the table under a heading. */
function documented(heading: string): string[] {
  const text = readFileSync(new URL('../../docs/checks.md', import.meta.url), 'utf8')
  return rowsOfTable(text.split(/^## /m).find((each) => each.startsWith(heading)) ?? '')
}

describe('docs/checks.md matches the result of', () => {
  test('each broken export', () => {
    assert.deepEqual(documented('Broken exports'), BROKEN.map(rowOf))
  })

  test('each ordinary day', () => {
    assert.deepEqual(
      documented('Ordinary days'),
      ORDINARY.map((each) => rowOf(each).replace('| not noticed |', '| goes live |')),
    )
  })
})

test('no ordinary day is held back', () => {
  const heldBack = ORDINARY.filter(({ findings }) => findings.some(({ verdict }) => verdict === 'held back'))
  assert.deepEqual(
    heldBack.map(({ what }) => what),
    [],
  )
})

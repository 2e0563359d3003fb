import type { DatabaseSync } from 'node:sqlite'
import type { Day } from '../../../domain/day.ts'
import type { Field } from '../../../domain/fields.ts'
import { INDEX_FIELDS, INDEX_NAMES, type IndexDocument, type IndexName } from '../../../domain/lists.ts'
import type { GenerationCounts } from '../../../domain/profile.ts'
import { READ_COLUMNS, type StoredValues } from './row-values.ts'
import { checkedRows } from './rows.ts'
import { isFlag } from './schema.ts'
import { LIST_RULES, parametersOf } from './list-rules.ts'

/** Counts in one pass. */
export function countRows(database: DatabaseSync, today: Day): GenerationCounts {
  const sql = `SELECT count(row.tcsPersonId) AS withTrainee, count(*) - count(row.tcsPersonId) AS withoutTrainee,
    count(row.exceptionReason) AS withReason,
    ${INDEX_NAMES.map((name) => `count(*) FILTER (WHERE ${LIST_RULES[name]}) AS ${name}`).join(', ')}
    FROM row`
  const counted = database.prepare(sql).get(parametersOf(sql, today)) ?? {}
  const number = (name: string): number => Number(counted[name])
  return {
    withTrainee: number('withTrainee'),
    withoutTrainee: number('withoutTrainee'),
    withReason: number('withReason'),
    indexes: {
      masterdoctorindex: number('masterdoctorindex'),
      recommendationindex: number('recommendationindex'),
      connectedindex: number('connectedindex'),
      disconnectedindex: number('disconnectedindex'),
      exceptionindex: number('exceptionindex'),
    },
  }
}

/** The documents of an index in the order of their row ids, one at a time. */
export function* documentsOf(database: DatabaseSync, index: IndexName, today: Day): Generator<IndexDocument> {
  const fields = [...INDEX_FIELDS[index]].sort()
  const sql = `SELECT ${fields.map((field) => `row.${field}`).join(', ')}
    FROM row WHERE ${LIST_RULES[index]} ORDER BY row.id`
  const statement = database.prepare(sql)
  statement.setReturnArrays(true)
  // The columns of the statement, as arrays.
  const found = statement.iterate(parametersOf(sql, today)) as Iterable<unknown> as Iterable<(string | number | null)[]>
  for (const values of found) yield documentOf(fields, values)
}

/**
 * All rows in the order of their ids, by code point: SQLite compares text by its bytes. With what lists are read from, if that is to be
 * checked: what another version made says nothing about a row.
 */
export function rowsOf(
  database: DatabaseSync,
  { checksKeys }: { readonly checksKeys: boolean },
): Iterable<StoredValues> {
  const columns = checksKeys ? checkedRows(database) : `${READ_COLUMNS.join(', ')} FROM row`
  const statement = database.prepare(`SELECT ${columns} ORDER BY row.id`)
  statement.setReturnArrays(true)
  // The columns of the statement, as arrays.
  return statement.iterate() as Iterable<unknown> as Iterable<StoredValues>
}

/** The document of these values, in the order of the fields. */
export function documentOf(fields: readonly Field[], values: readonly (string | number | null)[]): IndexDocument {
  const document: Record<string, string | number | boolean> = {}
  for (const [at, field] of fields.entries()) {
    const value = values[at] ?? null
    if (value !== null) document[field] = isFlag(field) ? value === 1 : value
  }
  return document
}

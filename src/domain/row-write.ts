import type { Row, RowId } from './row.ts'

/**
 * One write that a change asks for. `create` is refused where the id exists; `replace` and `delete` are of a row that
 * was read, and carry its concurrency token when they are carried out.
 */
export type RowWrite =
  | { readonly op: 'create'; readonly row: Row }
  | { readonly op: 'replace'; readonly row: Row }
  | { readonly op: 'delete'; readonly id: RowId }

/**
 * One table of `sources.sqlite`, its writing and its reading side by side. A record is kept as a JSON array of its
 * fields without their names: read in a batch, it is twice as fast as the same record as a JSON object.
 *
 * `Fields` is that array's type. What a file of this layout version holds was put there by `fill`: its shape is not
 * checked again.
 */
export interface RecordKind<Fields extends readonly unknown[], Row> {
  readonly table: 'trainee' | 'doctor' | 'exception'
  /**
   * The statement that makes all records (schema `main`) of the staged rows (schema `rows`), in the order of trimmed
   * GMC numbers. `json(…)` around what is JSON already keeps SQLite from quoting it as a text.
   */
  readonly fill: string
  readonly rowOf: (fields: Fields) => Row
}

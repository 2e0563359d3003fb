/** Times that repeat, such as every day at five in London. Pure: the same question always has the same answer. */
export interface Recurrence {
  /** As configured. */
  readonly expression: string
  /** The first time after `after`, both in milliseconds since the epoch; null if there is none. */
  next(after: number): number | null
}

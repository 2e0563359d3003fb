/** The rules that the law rests on. A test breaks each of them alone and finds a law broken. */
export interface Rules {
  /** The writes of a refresh come in the order of `differences`; broken: deletions first. */
  readonly deletesLast: boolean
  /** A doctor who goes from one replaced row to another has a row of its own meanwhile: see `bridges`. */
  readonly bridgesNumbers: boolean
  /** A replacement or deletion of another version than the one that was read is refused. */
  readonly checksVersions: boolean
  /** A refresh reads its rows with their versions before it reads the sources. Only two writers at once ask for it. */
  readonly readsRowsFirst: boolean
  /** A refresh of which a write is refused reads all anew. Only two writers at once ask for it. */
  readonly startsOver: boolean
  /** A number that a row had joins the keys. */
  readonly joinsNumbersLeft: boolean
  /** The journal opens before the first command of a run; broken: after the trainees came. */
  readonly opensJournalFirst: boolean
  /** What a batch of changes wrote is found by number before the next one begins. */
  readonly makesChangesVisible: boolean
  /** What a former writer wrote is found by number before its successor takes changes. */
  readonly makesInheritanceVisible: boolean
  /** What the snapshot wrote is found by number before the run catches up. */
  readonly makesSnapshotVisible: boolean
  /** No change is taken from the last refresh of a run until its generation is one of those that are kept. */
  readonly pausesToSwitch: boolean
  /**
   * What a former writer had on the way when its lease moved comes before its successor reads, or never, unless the
   * successor has written the same row meanwhile; broken: it comes at any time.
   */
  readonly outlivesNoLease: boolean
}

export const RULES: Rules = {
  deletesLast: true,
  bridgesNumbers: true,
  checksVersions: true,
  readsRowsFirst: true,
  startsOver: true,
  joinsNumbersLeft: true,
  opensJournalFirst: true,
  makesChangesVisible: true,
  makesInheritanceVisible: true,
  makesSnapshotVisible: true,
  pausesToSwitch: true,
  outlivesNoLease: true,
}

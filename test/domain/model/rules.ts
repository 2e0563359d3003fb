/** The rules that the law depends on. Tests break each one and check that the law fails. */
export interface Rules {
  /** A refresh writes in the order of `differences`; broken: deletions first. */
  readonly deletesLast: boolean
  /** A doctor that moves between replaced rows has its own row meanwhile: see `bridges`. */
  readonly bridgesNumbers: boolean
  /** A replacement or deletion is rejected if the row has changed since it was read. */
  readonly checksVersions: boolean
  /** A refresh reads rows with their versions before the sources. Needed only with two writers at once. */
  readonly readsRowsFirst: boolean
  /** A refresh whose write was rejected reads everything again. Needed only with two writers at once. */
  readonly startsOver: boolean
  /** A number that a row had is added to the keys. */
  readonly joinsNumbersLeft: boolean
  /** The journal opens before the first command of a run; broken: after the trainees arrived. */
  readonly opensJournalFirst: boolean
  /** A batch's writes can be found by number before the next batch starts. */
  readonly makesChangesVisible: boolean
  /** A former writer's writes can be found by number before its successor consumes changes. */
  readonly makesInheritanceVisible: boolean
  /** The snapshot's writes can be found by number before the run catches up. */
  readonly makesSnapshotVisible: boolean
  /** No change is consumed between the last refresh of a run and the recording of its generation. */
  readonly pausesToSwitch: boolean
  /**
   * A former writer's write in flight lands before its successor reads, or never, or after the successor has written
   * the same row; broken: it lands at any time.
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

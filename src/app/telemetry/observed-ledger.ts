import type { RunLedger } from '../../ports/run-ledger.ts'
import type { Observer } from './observer.ts'

/** The ledger. Traces leave it out: it is polled. */
export function observedLedger(ledger: RunLedger, observer: Observer): RunLedger {
  const call = <T>(operation: 'read' | 'save' | 'search' | 'failures' | 'remove', action: () => Promise<T>) =>
    observer.call({ to: 'ledger', metric: 'ledgerSeconds', labels: { operation }, span: null }, action)
  return {
    read: (kind, id) => call('read', () => ledger.read(kind, id)),
    save: (kind, id, value, revision, guard) => call('save', () => ledger.save(kind, id, value, revision, guard)),
    runs: (limit) => call('search', () => ledger.runs(limit)),
    audit: (limit, before) => call('search', () => ledger.audit(limit, before)),
    removeAudit: (before) => call('remove', () => ledger.removeAudit(before)),
    addFailures: (failures) => call('failures', () => ledger.addFailures(failures)),
    failures: (generation, limit, after) => call('search', () => ledger.failures(generation, limit, after)),
    countFailures: (generation) => call('search', () => ledger.countFailures(generation)),
    failuresOfKeys: (keys) => call('search', () => ledger.failuresOfKeys(keys)),
    removeFailures: (generation, keys) => call('remove', () => ledger.removeFailures(generation, keys)),
    removeFailuresOf: (runs) => call('remove', () => ledger.removeFailuresOf(runs)),
    tidy: (run) => call('remove', () => ledger.tidy(run)),
    forget: (run) => call('remove', () => ledger.forget(run)),
    serverTime: () => ledger.serverTime(),
    ping: () => ledger.ping(),
    close: () => ledger.close(),
  }
}

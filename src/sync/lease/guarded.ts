import type { Broker } from '../../ports/broker.ts'
import type { Guard, IndexStore } from '../../ports/index-store.ts'
import type { RunLedger } from '../../ports/run-ledger.ts'

/** The store; the guard is called for each change, in the tick in which the request leaves. */
export function guardedStore(store: IndexStore, guard: Guard): IndexStore {
  return {
    createGeneration: (generation) => store.createGeneration(generation, guard),
    generations: () => store.generations(),
    dropGeneration: (id) => store.dropGeneration(id, guard),
    takeOver: (generations, term) => store.takeOver(generations, term, guard),
    write: (generation, writes) => store.write(generation, writes, guard),
    get: (generation, ids) => store.get(generation, ids),
    findByNumbers: (generation, numbers) => store.findByNumbers(generation, numbers),
    makeVisible: (generation) => store.makeVisible(generation),
    count: (generation, today) => store.count(generation, today),
    profile: (generation, today) => store.profile(generation, today),
    documents: (from, index, today) => store.documents(from, index, today),
    makeReadable: (generation) => store.makeReadable(generation, guard),
    fillTables: (generation, options) => store.fillTables(generation, options, guard),
    countTables: (generation) => store.countTables(generation),
    tableRows: (generation, list) => store.tableRows(generation, list),
    tableRowsOf: (generation, list, ids) => store.tableRowsOf(generation, list, ids),
    mendTables: (generation, ids) => store.mendTables(generation, ids, guard),
    rows: (generation) => store.rows(generation),
    promote: (to, from) => store.promote(to, from, guard),
    liveAliases: () => store.liveAliases(),
    foreignCounts: () => store.foreignCounts(),
    adoptIndexes: (id, createdAt) => store.adoptIndexes(id, createdAt, guard),
    releaseIndexes: (id) => store.releaseIndexes(id, guard),
    space: () => store.space(),
    ping: () => store.ping(),
    close: () => store.close(),
  }
}

/** The ledger; the guard is called before anything is saved or removed. */
export function guardedLedger(ledger: RunLedger, guard: Guard): RunLedger {
  return {
    read: (kind, id) => ledger.read(kind, id),
    save: (kind, id, value, revision) => ledger.save(kind, id, value, revision, guard),
    runs: (limit) => ledger.runs(limit),
    audit: (limit, before) => ledger.audit(limit, before),
    removeAudit: async (before) => {
      guard()
      await ledger.removeAudit(before)
    },
    addFailures: async (failures) => {
      guard()
      await ledger.addFailures(failures)
    },
    failures: (generation, limit, after) => ledger.failures(generation, limit, after),
    countFailures: (generation) => ledger.countFailures(generation),
    failuresOfKeys: (keys) => ledger.failuresOfKeys(keys),
    removeFailures: async (generation, keys) => {
      guard()
      await ledger.removeFailures(generation, keys)
    },
    removeFailuresOf: async (runs) => {
      guard()
      await ledger.removeFailuresOf(runs)
    },
    tidy: async (run) => {
      guard()
      await ledger.tidy(run)
    },
    forget: async (run) => {
      guard()
      await ledger.forget(run)
    },
    serverTime: () => ledger.serverTime(),
    ping: () => ledger.ping(),
    close: () => ledger.close(),
  }
}

/** The broker; the guard is called before anything is published, and before dead letters are removed. */
export function guardedBroker(broker: Broker, guard: Guard): Broker {
  return {
    capabilities: broker.capabilities,
    publish: async (route, message, signal) => {
      guard()
      await broker.publish(route, message, signal)
    },
    consume: (queue, options, handler) => broker.consume(queue, options, handler),
    depth: (queue) => broker.depth(queue),
    queueState: (queue) => broker.queueState(queue),
    countDeadLetters: (queue) => broker.countDeadLetters(queue),
    deadLetters: (queue, limit) => broker.deadLetters(queue, limit),
    eachDeadLetter: (queue, visit) => broker.eachDeadLetter(queue, visit),
    removeDeadLetters: async (queue, ids) => {
      guard()
      return broker.removeDeadLetters(queue, ids)
    },
    ping: () => broker.ping(),
    close: () => broker.close(),
  }
}

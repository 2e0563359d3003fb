import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { javaComparisonView, javaCsvOf } from '../../../src/app/java-comparison-view.ts'
import { JAVA_COMPARISON } from '../../../src/app/json/java-comparison.ts'
import { javaComparisonLines } from '../../../src/cli/java-comparison-text.ts'
import { ASSEMBLE_VERSION } from '../../../src/domain/assemble.ts'
import { sumOf } from '../../../src/domain/java/java-tally.ts'
import type { IndexName } from '../../../src/domain/lists.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { IndexStore } from '../../../src/ports/index-store.ts'
import { INSTALLATION, type Installation } from '../../../src/ports/run-ledger.ts'
import { JavaComparison, type JavaCompareRequest } from '../../../src/sync/compare/compare-with-java.ts'
import { TODAY } from '../../domain/examples.ts'
import { javaIndexesOf, type JavaIndexes } from '../../domain/java/reference-model.ts'
import { sampleForModel } from '../../domain/java/sample-for-model.ts'
import { comparedWithModel } from '../../domain/java/compared.ts'
import { rowsOf } from '../../domain/sample-rows.ts'
import { altered } from '../../faults/altered.ts'
import { ledgerFor, storeFor } from '../a-context.ts'
import { anInstallation, aRun, kept } from '../examples.ts'

const SAMPLE = sampleForModel()
const JAVA = javaIndexesOf(SAMPLE)
const EVERYTHING: JavaCompareRequest = { run: null, list: null, mostListed: 100 }

/** The store, with these indexes as the generation of the Java services: embedded stores cannot adopt any. */
function withJava(store: IndexStore, indexes: JavaIndexes): IndexStore {
  return altered(store, {
    generations: (own) => async () => [
      { id: 'g-java', createdAt: Date.UTC(2026, 5, 1), assembleVersion: 0, java: true },
      ...(await own()),
    ],
    documents: (own) =>
      async function* (from, index, today) {
        if (from === 'g-java') yield* indexes[index]
        else yield* own(from, index, today)
      },
  })
}

/** The sample as run-1, held back, beside the indexes of the Java services. */
async function places(t: TestContext, indexes: JavaIndexes = JAVA, differing: Partial<Installation> = {}) {
  const ledger = await ledgerFor(t)
  const store = await storeFor(t)
  await store.createGeneration({ id: 'g-1', createdAt: 1, assembleVersion: ASSEMBLE_VERSION })
  await store.write(
    'g-1',
    rowsOf(SAMPLE).map((row) => ({ op: 'create', row })),
  )
  await store.makeVisible('g-1')
  const installation = anInstallation({ heldBack: kept(1), java: kept('java'), live: kept('java'), ...differing })
  await ledger.save('installation', INSTALLATION, installation, 'new')
  await ledger.save('run', 'run-1', aRun({ generation: 'g-1', state: 'held back', day: TODAY }), 'new')
  return { ledger, store: withJava(store, indexes), recommendationsOf: () => Promise.resolve(SAMPLE.recommendations) }
}

async function compared(t: TestContext, indexes: JavaIndexes, request: Partial<JavaCompareRequest> = {}) {
  const comparison = await JavaComparison.of(await places(t, indexes), { ...EVERYTHING, ...request })
  const found = (await Array.fromAsync(comparison.differences())).flat()
  return { comparison, found, summary: comparison.summary() }
}

/** The indexes with one of them changed. */
const changed = (index: IndexName, change: (documents: JavaIndexes[IndexName]) => JavaIndexes[IndexName]) => ({
  ...JAVA,
  [index]: change(JAVA[index]),
})

describe('the sample and the Java indexes', () => {
  test('differ exactly as the rules say', async (t) => {
    const { comparison, found, summary } = await compared(t, JAVA)
    const told = (all: readonly { index: string; id: string; kind: string; field: string | null }[]) =>
      all.map(({ index, id, kind, field }) => `${index} ${id} ${kind} ${field}`).sort()
    assert.deepEqual(told(found), told(comparedWithModel(SAMPLE)))
    assert.equal(summary.rows.masterdoctorindex.ours, 1_351)
    assert.equal(summary.rows.masterdoctorindex.java, JAVA.masterdoctorindex.length)
    assert.deepEqual(summary.listed, [])
    assert.deepEqual(comparison.unknown, ['placementGrade'])
  })

  test('are told as text, JSON and CSV', async (t) => {
    const without = changed('exceptionindex', (all) => all.filter(({ tcsPersonId: person }) => person !== 1774))
    const { comparison, found } = await compared(t, without)
    const view = JAVA_COMPARISON.parse(javaComparisonView(comparison))
    const text = javaComparisonLines(view, 1).join('\n')
    assert.match(text, /^1 difference is unexplained, [\d,]+ intended\nhere: run run-1 \(held-back\)/)
    assert.match(text, /\n {2}lost-existence +0 +1,206 /)
    assert.match(text, /\nnot compared, because no Java document has it: placementGrade\nunexplained:\n/)
    assert.match(text, /\n {2}missing {2}exceptionindex {2}tcs-1774$/)
    const once = async function* () {
      yield await Promise.resolve(found)
    }
    const csv = (await Array.fromAsync(javaCsvOf(once()))).join('')
    assert.equal(csv.split('\r\n').length, found.length + 2)
    assert.match(csv, /\r\nexceptionindex,[^,]+,missing,,,,\r\n/)
  })

  test('may be compared in one list', async (t) => {
    const { found, summary } = await compared(t, JAVA, { list: 'exceptionindex' })
    assert.ok(found.length > 0 && found.every(({ index }) => index === 'exceptionindex'))
    assert.equal(sumOf(summary.unexplained), 0)
  })

  test('differ without explanation where a document is wrong, one too many, or nobody’s', async (t) => {
    const [first, second, ...rest] = JAVA.masterdoctorindex
    assert.ok(first !== undefined && second !== undefined)
    const wrong = { ...first, programmeName: 'planted', placementGrade: '1' }
    const more = [wrong, second, second, { tcsPersonId: 99_999_999 }, { doctorLastName: 'Nobody' }, ...rest]
    const { found, comparison } = await compared(
      t,
      changed('masterdoctorindex', () => more),
    )
    assert.deepEqual(comparison.unknown, [])
    const unexplained = found
      .filter(({ rule }) => rule === null)
      .map(({ kind, field, id }) => [kind, field, id.slice(0, 4)])
    assert.deepEqual(unexplained.sort(), [
      ['different', 'placementGrade', 'tcs-'],
      ['different', 'programmeName', 'tcs-'],
      ['repeated', null, 'tcs-'],
      ['surplus', null, ''],
      ['surplus', null, 'tcs-'],
    ])
  })

  test('stop being compared when the signal is aborted', async (t) => {
    const comparison = await JavaComparison.of(await places(t), EVERYTHING)
    await assert.rejects(comparison.summarize(AbortSignal.abort(new Error('enough'))), /enough/)
  })
})

test('what cannot be compared is refused', async (t) => {
  const refused = async (differing: Partial<Installation>, code: string, run: string | null = null) =>
    assert.rejects(JavaComparison.of(await places(t, JAVA, differing), { ...EVERYTHING, run }), (error) => {
      assert.ok(error instanceof RevalError)
      assert.equal(error.code, code)
      return true
    })
  await refused({ java: null }, 'NOTHING_ADOPTED')
  await refused({ heldBack: null }, 'GENERATION_UNKNOWN')
  await refused({ heldBack: null, live: null }, 'NOTHING_LIVE')
  await refused({}, 'GENERATION_UNKNOWN', 'previous')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runView } from '../../src/app/run-view.ts'
import { runLines } from '../../src/cli/run-text.ts'
import type { Run } from '../../src/ports/run-ledger.ts'
import { readRun } from '../../src/sync/records.ts'
import { ask, DAY, runToEnd, UNJUDGED, Workplace } from '../app/job/workplace.ts'

const shown = (run: Run, detail: Parameters<typeof runLines>[1] = 'all figures') => runLines(runView(run, 0), detail)

/** Each pattern matches a line, in this order. */
function assertLines(lines: readonly string[], patterns: readonly RegExp[]): void {
  let from = 0
  for (const pattern of patterns) {
    const at = lines.findIndex((line, index) => index >= from && pattern.test(line))
    assert.notEqual(at, -1, `${String(pattern)} is not in:\n${lines.join('\n')}`)
    from = at + 1
  }
}

test('a run as text says what was received, checked, compared and decided', async (t) => {
  const place = await Workplace.make(t, UNJUDGED)
  await place.loadFew()
  const worker = await place.start()
  const first = await runToEnd(worker)
  assertLines(shown(first), [
    /^run \S+: live, day/,
    /^ {2}stage +took +announced +received +failed +late messages +digests compared +different +skipped/,
    /^ {2}doctors +\S+ s +20 +20 +0 +0 +1 +0 +0 /,
    /^checked: none of 13 figures differ; 25 rows read back, 0 different$/,
    /^ {2}trainees reported and received +20 +20 +same$/,
    /^ {2}rows of exceptionindex counted by connection and here +\d+ +\d+ +same$/,
    /^profile: not compared, no generation was live$/,
  ])
  assert.ok(!shown(first, 'what differs').some((line) => line.includes('reported and received')))

  await place.loadFew({ trainees: 22, reasons: 9 })
  const preview = await runToEnd(worker, DAY, { purpose: 'preview' })
  await ask(worker, 'discard', preview.id)
  const discarded = shown(await readRun(worker.context.ledger, preview.id))
  assert.ok(!discarded.some((line) => line.startsWith('what to do:')), 'it was decided')
  assertLines(discarded, [
    /^run \S+: discarded, day/,
    /^preview: to be held back/,
    /^discarded by test, \S+Z: a test$/,
    new RegExp(`^profile: compared with run ${first.id}, all figures match$`),
    new RegExp(`^compared with live run ${first.id}, lists of \\S+: \\d+ rows differ`),
    /^ {2}masterdoctorindex +\d+ +\d+ +\d+$/,
  ])

  assertLines(shown(await runToEnd(worker, DAY, { purpose: 'verify' })), [
    /^run \S+: verified, day/,
    /^verification: to be compared with live, then dropped$/,
    /^Checked 25 rows: \d+ differ\.$/,
  ])

  assert.ok(first.evidence)
  const nothing = {
    stages: null,
    checks: [],
    digests: { compared: 0, different: 0, skipped: 0 },
    readBack: { rows: 0, different: [] },
  }
  const adopted = shown({ ...first, evidence: { ...first.evidence, ...nothing } })
  assertLines(adopted, [/^not checked: no run of ours built it$/])
  assert.ok(!adopted.some((line) => /read back|^profile|^digests/.test(line)))
})

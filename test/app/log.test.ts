import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { createLog } from '../../src/app/log.ts'

for (const format of ['json', 'pretty'] as const) {
  test(`a log (${format}) that cannot be written for a while keeps what it can, loses the rest, and reports it once`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'reval-log-'))
    t.after(() => rm(folder, { recursive: true }))
    const path = join(folder, 'log')
    const file = openSync(path, 'a')
    const log = createLog({ level: 'info', format }, file)
    log.info('before')
    await setImmediate()
    closeSync(file)
    for (let line = 1; line <= 3_000; line += 1) log.info({ filling: 'x'.repeat(200) }, `line-${line}-`)
    // The lowest number that is free, which is the one that was closed.
    assert.equal(openSync(path, 'a'), file)
    t.after(() => closeSync(file))
    log.info('after')
    await setImmediate()
    log.info('much later')
    await setImmediate()

    const written = readFileSync(path, 'utf8')
    for (const said of ['before', 'line-1-', 'much later']) assert.ok(written.includes(said), said)
    const missing = Array.from({ length: 3_000 }, (_, at) => `line-${at + 1}-`).filter(
      (each) => !written.includes(each),
    )
    assert.ok(missing.length > 1_000)
    const told = written.match(/the log could not be written for a while/g)
    assert.equal(told?.length, 1)
    // The line that was logged while what was kept still waited is lost as well.
    const lost = Number(/lost\D+(\d+)/.exec(stripVTControlCharacters(written))?.[1])
    assert.equal(lost, missing.length + (written.includes('after') ? 0 : 1))
  })
}

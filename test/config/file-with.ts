import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** The path of a file with this text. Removed with the test. */
export function fileWith(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'reval-config-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'setting.json')
  writeFileSync(path, text)
  return path
}

import { cp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

// npm run build: what tsc does not copy. The console finds these folders beside its own code.

const ROOT = join(import.meta.dirname, '..')
const FOLDERS = ['templates', 'static']

for (const folder of FOLDERS) {
  const from = join(ROOT, 'src/console', folder)
  const to = join(ROOT, 'dist/console', folder)
  // Files that were removed since the last build must not stay.
  await rm(to, { recursive: true, force: true })
  const found = await stat(from).catch(() => null)
  if (found?.isDirectory() === true) await cp(from, to, { recursive: true })
}

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { REFERENCE_PAGES } from './reference-pages.ts'

/** `npm run reference`: regenerates docs/errors.md, docs/json.md and docs/settings.md. */
for (const [file, page] of Object.entries(REFERENCE_PAGES)) {
  await writeFile(join(import.meta.dirname, '../docs', file), page())
}

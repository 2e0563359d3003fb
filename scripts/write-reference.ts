import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openApiDocument } from './openapi-document.ts'
import { REFERENCE_PAGES } from './reference-pages.ts'

/** `npm run reference`: regenerates docs/errors.md, docs/java-peers.md, docs/json.md, docs/metrics.md, docs/settings.md and docs/openapi.json. */
for (const [file, page] of Object.entries(REFERENCE_PAGES)) {
  await writeFile(join(import.meta.dirname, '../docs', file), page())
}
await writeFile(join(import.meta.dirname, '../docs/openapi.json'), await openApiDocument())

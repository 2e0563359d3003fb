import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Config } from '../config/config.ts'
import { RevalError } from '../errors/reval-error.ts'
import type { FillableSources } from '../ports/source-filling.ts'
import type { FillingOptions } from './backends.ts'

/**
 * What the script of REVAL_FILL_WITH exports; stack/fill/open.ts is one. It is not part of this package: an installation
 * that reads systems of record contains no code that writes to them.
 */
export interface FillingScript {
  /** As `openFilling` of a `BackendSet`: if it rejects, nothing is left open. */
  readonly openFillable: (
    servers: Config['servers'],
    options: FillingOptions,
  ) => Promise<FillableSources & { close(): Promise<void> }>
}

/** A relative path is resolved against the package, so that `. stack/env` works from any folder. */
const PACKAGE = join(import.meta.dirname, '../..')

/** Rejects SOURCE_READ_ONLY if no script is set, CONFIG_INVALID if it cannot be loaded. */
export async function fillingScript(path: string): Promise<FillingScript> {
  if (path === '') {
    throw new RevalError('SOURCE_READ_ONLY', 'with REVAL_BACKENDS=servers, reval only reads the source databases')
  }
  const script: unknown = await import(pathToFileURL(resolve(PACKAGE, path)).href).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new RevalError('CONFIG_INVALID', `REVAL_FILL_WITH cannot be loaded: ${reason}`, { cause })
  })
  if (isFillingScript(script)) return script
  throw new RevalError('CONFIG_INVALID', 'REVAL_FILL_WITH names a script that does not export openFillable')
}

function isFillingScript(script: unknown): script is FillingScript {
  return (
    typeof script === 'object' &&
    script !== null &&
    'openFillable' in script &&
    typeof script.openFillable === 'function'
  )
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFillableSources } from '../../../src/adapters/sources/sqlite/fillable-sources.ts'
import { openDoctorSource, openExceptionSource, openTraineeSource } from '../../../src/adapters/sources/sqlite/open.ts'
import type { FillableSources } from '../../../src/ports/source-filling.ts'
import type { SourcesPlace } from '../../contract/sources.ts'
import { fillWith } from '../../contract/source-filling/filling.ts'

/** An empty directory for one test. */
export async function newDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'reval-sources-'))
}

/** The embedded sources in their own directory. */
export async function newPlace(): Promise<
  SourcesPlace & { readonly sources: FillableSources; readonly directory: string }
> {
  const directory = await newDirectory()
  const sources = openFillableSources({ directory })
  const trainees = openTraineeSource({ directory })
  const doctors = openDoctorSource({ directory })
  const exceptions = openExceptionSource({ directory })
  return {
    directory,
    sources,
    trainees,
    doctors,
    exceptions,
    fill: (rows) => fillWith(sources, rows),
    dispose: async () => {
      for (const source of [trainees, doctors, exceptions]) await source.close()
      await rm(directory, { recursive: true })
    },
  }
}

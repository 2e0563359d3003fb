import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { openFillableSources } from '../../../src/adapters/sources/sqlite/fillable-sources.ts'
import { openDoctorSource, openExceptionSource, openTraineeSource } from '../../../src/adapters/sources/sqlite/open.ts'
import type { LoadFault } from '../../../src/app/loading/faults.ts'
import {
  loadExports,
  type LoadOptions,
  type LoadRefusal,
  type LoadResult,
} from '../../../src/app/loading/load-exports.ts'
import { RevalError } from '../../../src/errors/reval-error.ts'
import type { TcsPerson } from '../../../src/domain/trainee.ts'
import type { DoctorRecord, ExceptionRecord } from '../../../src/ports/sources.ts'
import { readAll } from '../../contract/sources/place.ts'

/** Files by their path in the folder; null for a missing one. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>

/** A valid folder of exports: one person in one programme, one doctor. */
const SOUND = {
  'tcs/ContactDetails.csv': 'id,surname,forenames\n1,Smith,Siân\n',
  'tcs/GmcDetails.csv': 'id,gmcNumber\n1,1234567\n',
  'tcs/Person.csv': 'id,role\n1,DR in Training\n',
  'tcs/Programme.csv': 'id,owner,programmeName,programmeNumber\n1,Wessex,Surgery,P1\n',
  'tcs/ProgrammeMembership.csv':
    'uuid,personId,programmeId,programmeMembershipType,programmeStartDate,programmeEndDate\n' +
    'a-1,1,1,SUBSTANTIVE,2020-08-05,2035-08-04\n',
  'tcs/CurriculumMembership.csv':
    'id,programmeMembershipUuid,personId,curriculumId,curriculumStartDate,curriculumEndDate\n' +
    '1,A-1,1,9,2020-08-05,2035-08-04\n',
  'gmc/doctorsForDB.jsonl': '{"_id":"1234567","underNotice":"NO","submissionDate":{"$date":"2031-12-15T00:00:00Z"}}\n',
  'gmc/recommendation.jsonl':
    '{"_id":{"$oid":"5f0000000000000000000008"},"gmcNumber":"1234567","outcome":"APPROVED"}\n',
  'connection/exceptionLogs.jsonl': '{"_id":"1234567","errorMessage":"x"}\n',
} as const satisfies Files

export type ExportFile = keyof typeof SOUND
// The keys of the record above.
export const EXPORTED = Object.keys(SOUND) as ExportFile[]

/** The file of a valid folder, with lines added. */
export function withLines(file: ExportFile, ...lines: readonly string[]): Files {
  return { [file]: SOUND[file] + lines.map((line) => `${line}\n`).join('') }
}

/** Embedded sources of one test, for loading exports. */
export class LoadingPlace {
  readonly #root: string
  #folders = 0

  private constructor(root: string) {
    this.#root = root
  }

  static async of(t: TestContext): Promise<LoadingPlace> {
    const root = await mkdtemp(join(tmpdir(), 'reval-loading-'))
    t.after(() => rm(root, { recursive: true }))
    return new LoadingPlace(root)
  }

  get #data(): { readonly directory: string } {
    return { directory: join(this.#root, 'data') }
  }

  /** A folder of exports that is valid except for these files. */
  async folder(files: Files): Promise<string> {
    this.#folders += 1
    const folder = join(this.#root, `exports-${this.#folders}`)
    await mkdir(folder)
    for (const [file, content] of Object.entries<Files[string]>({ ...SOUND, ...files })) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      if (content !== null) await writeFile(join(folder, file), content)
    }
    return folder
  }

  loadFolder(folder: string, options?: LoadOptions): Promise<LoadResult> {
    return loadExports(folder, openFillableSources(this.#data), options)
  }

  async load(files: Files = {}, options?: LoadOptions): Promise<LoadResult> {
    return this.loadFolder(await this.folder(files), options)
  }

  /** The errors of a folder that is valid except for these files. */
  async faultsOf(files: Files): Promise<readonly LoadFault[]> {
    return (await this.refusalOf(await this.folder(files))).faults
  }

  async refusalOf(folder: string): Promise<LoadRefusal> {
    const error = await this.loadFolder(folder).then(
      () => assert.fail('the folder was loaded'),
      (reason: unknown) => reason,
    )
    assert.ok(error instanceof RevalError)
    assert.equal(error.code, 'LOAD_REFUSED', error.message)
    // The documented details of LOAD_REFUSED.
    return error.details as unknown as LoadRefusal
  }

  persons(): Promise<TcsPerson[]> {
    return readAll(openTraineeSource(this.#data))
  }

  doctors(): Promise<DoctorRecord[]> {
    return readAll(openDoctorSource(this.#data))
  }

  exceptions(): Promise<ExceptionRecord[]> {
    return readAll(openExceptionSource(this.#data))
  }
}

/** An error as one line: its place and its reason. */
export function told({ file, line, column, reason }: LoadFault): string {
  return `${file}:${line ?? '-'}:${column ?? '-'} ${reason}`
}

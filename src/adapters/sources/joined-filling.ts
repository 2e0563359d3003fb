import { asRevalError, RevalError } from '../../errors/reval-error.ts'
import type {
  FillableSources,
  FilledRow,
  MisplacedRow,
  SourceFilling,
  SourceTable,
} from '../../ports/source-filling.ts'
import { fillableMongodb } from './mongodb/filling.ts'
import type { MongodbSettings } from './mongodb/settings.ts'
import { fillableMysql } from './mysql/filling.ts'
import type { MysqlSettings } from './mysql/settings.ts'
import type { PartialFilling, PartlyFillable } from './partial-filling.ts'

export interface ServerSourcesOptions {
  readonly mysql: MysqlSettings
  readonly mongodb: MongodbSettings
}

/**
 * The sources on two servers, to be filled: TCS in MySQL, the collections in MongoDB. Rejects SERVER_UNREACHABLE or
 * SERVER_LOGIN_REFUSED, and leaves nothing open then.
 *
 * No step is one for two servers: a commit publishes MySQL first and MongoDB right after. Whoever reads in between
 * meets new trainees beside old doctors; when MongoDB fails there, it stays so until the next filling, and the error
 * says so.
 */
export async function openServerSources(options: ServerSourcesOptions): Promise<ServerSources> {
  // MySQL's part holds the lock of the whole, so it begins first and is released last.
  const servers = [fillableMysql(options.mysql), fillableMongodb(options.mongodb)] as const
  const close = async () => {
    for (const server of servers) await server.close()
  }
  try {
    for (const server of servers) await server.open()
  } catch (error) {
    await close()
    throw error
  }
  return {
    begin: () => begin(servers),
    holdRows: async () => {
      for (const server of servers) if (await server.holdRows()) return true
      return false
    },
    close,
  }
}

export type ServerSources = FillableSources & { close(): Promise<void> }

async function begin(servers: readonly PartlyFillable[]): Promise<SourceFilling> {
  const parts: PartialFilling[] = []
  try {
    for (const server of servers) parts.push(await server.begin())
    return new JoinedFilling(parts)
  } catch (error) {
    await release(parts)
    throw error
  }
}

async function release(parts: readonly PartialFilling[]): Promise<void> {
  for (const part of parts.toReversed()) await part.release()
}

type State = 'filling' | 'broken' | 'ended'

class JoinedFilling implements SourceFilling {
  readonly #parts: readonly PartialFilling[]
  #state: State = 'filling'

  constructor(parts: readonly PartialFilling[]) {
    this.#parts = parts
  }

  async add<T extends SourceTable>(table: T, rows: readonly FilledRow<T>[]): Promise<void> {
    await this.#attempt(async () => {
      const part = this.#parts.find(({ tables }) => tables.includes(table))
      await part?.add(table, rows)
    })
  }

  async *misplaced(): AsyncGenerator<MisplacedRow> {
    this.#refuseEnded()
    for (const part of this.#parts) {
      try {
        yield* part.misplaced()
      } catch (error) {
        throw this.#broken(error)
      }
    }
  }

  async commit(): Promise<void> {
    await this.#attempt(async () => {
      for (const part of this.#parts) await part.prepare()
      let published = 0
      try {
        for (const part of this.#parts) {
          await part.publish()
          published += 1
        }
      } catch (error) {
        throw published === 0 ? error : halfPublished(this.#parts.slice(0, published), error)
      }
    })
    this.#state = 'ended'
    await release(this.#parts)
  }

  async abandon(): Promise<void> {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    await release(this.#parts)
  }

  #refuseEnded(): void {
    if (this.#state === 'filling') return
    const why = this.#state === 'ended' ? 'has ended' : 'has failed before'
    throw new RevalError('SOURCE_FAILED', `this filling of the sources ${why}`)
  }

  /** A filling of which anything failed lacks rows that were given to it: it is never published. */
  async #attempt(action: () => Promise<void>): Promise<void> {
    this.#refuseEnded()
    try {
      await action()
    } catch (error) {
      throw this.#broken(error)
    }
  }

  #broken(error: unknown): RevalError {
    this.#state = 'broken'
    return asRevalError(error, 'SOURCE_FAILED')
  }
}

function halfPublished(done: readonly PartialFilling[], cause: unknown): RevalError {
  const tables = done.flatMap((part) => part.tables).join(', ')
  const { code, message } = asRevalError(cause, 'SOURCE_FAILED')
  return new RevalError(code, `${message}. ${tables} were replaced already: fill the sources again`, { cause })
}

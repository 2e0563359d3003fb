import type { ErrorCode } from '../../errors/codes.ts'
import { RevalError } from '../../errors/reval-error.ts'
import { certificateFault } from '../connection-faults.ts'
import { Engine, EngineFault } from './engine.ts'
import type { SearchSettings } from './settings.ts'

/** The kind of engine. */
export interface EngineVersion {
  readonly distribution: 'opensearch' | 'elasticsearch'
  /** As the engine writes it: `2.19.6`. */
  readonly number: string
}

interface Greeting {
  readonly tagline?: unknown
  readonly version?: { readonly number?: unknown; readonly distribution?: unknown }
}

/**
 * An engine that was reached and prepared. Rejects as `reachEngine` does, or with what `prepare` throws; nothing is left
 * open then.
 */
export async function openEngine(
  settings: SearchSettings,
  code: ErrorCode,
  prepare?: (engine: Engine) => Promise<void>,
): Promise<Engine> {
  const engine = new Engine(settings, code)
  try {
    await reachEngine(engine, settings)
    await prepare?.(engine)
    return engine
  } catch (error) {
    await engine.close()
    throw accessFault(error, settings)
  }
}

/**
 * Asks the engine once what it is. Rejects SERVER_UNREACHABLE (transient, unless its certificate is not trusted) and
 * SERVER_LOGIN_REFUSED, each naming the settings, and SERVER_UNSUITABLE for what is neither OpenSearch nor Elasticsearch
 * 7.10 or a later 7.
 */
export async function reachEngine(engine: Engine, settings: SearchSettings): Promise<EngineVersion> {
  const version = versionOf(await greeting(engine, settings))
  if (version === null) {
    const what = `the server at REVAL_SEARCH_URL (${settings.searchUrl}) is not a supported search engine`
    throw new RevalError('SERVER_UNSUITABLE', what)
  }
  if (!isSuitable(version)) {
    const what = `REVAL_SEARCH_URL: ${version.distribution} ${version.number}; requires OpenSearch 1.0 or later, or Elasticsearch 7.10 to 7.17`
    throw new RevalError('SERVER_UNSUITABLE', what)
  }
  return version
}

async function greeting(engine: Engine, settings: SearchSettings): Promise<unknown> {
  try {
    return await engine.get('/', {}, 'small')
  } catch (error) {
    const fault = accessFault(error, settings)
    if (!(fault instanceof EngineFault)) throw fault
    const { message, transient } = fault
    const code = transient ? 'SERVER_UNREACHABLE' : 'SERVER_UNSUITABLE'
    throw new RevalError(code, `REVAL_SEARCH_URL: ${message}`, { cause: error, transient })
  }
}

/** Why the engine is not to be used at all, naming the settings: away, not trusted, access denied. Others as they are. */
export function accessFault(error: unknown, settings: SearchSettings): unknown {
  if (!(error instanceof EngineFault)) return error
  const { message, status, transient } = error
  if (status === 401 || status === 403) {
    const who = settings.searchUser === '' ? 'no login' : `user ${settings.searchUser}`
    const what = `REVAL_SEARCH_USER, REVAL_SEARCH_PASSWORD (${who}): ${message}`
    return new RevalError('SERVER_LOGIN_REFUSED', what, { cause: error })
  }
  if (status !== null || !transient) return error
  const isTrusted = certificateFault(error) === null
  const setting = isTrusted ? 'REVAL_SEARCH_URL' : 'REVAL_SEARCH_URL, REVAL_SEARCH_CA'
  return new RevalError('SERVER_UNREACHABLE', `${setting}: ${message}`, { cause: error, transient: isTrusted })
}

function versionOf(answer: unknown): EngineVersion | null {
  if (typeof answer !== 'object' || answer === null) return null
  // Each field is checked before it is used.
  const { version, tagline } = answer as Greeting
  if (typeof version?.number !== 'string') return null
  if (version.distribution === 'opensearch') return { distribution: 'opensearch', number: version.number }
  // OpenSearch that reports 7.10.2 for old clients names itself only here.
  if (typeof tagline === 'string' && tagline.includes('OpenSearch')) {
    return { distribution: 'opensearch', number: version.number }
  }
  return tagline === 'You Know, for Search' ? { distribution: 'elasticsearch', number: version.number } : null
}

function isSuitable({ distribution, number }: EngineVersion): boolean {
  const [major = 0, minor = 0] = number.split('.').map(Number)
  return distribution === 'opensearch' ? major >= 1 : major === 7 && minor >= 10
}

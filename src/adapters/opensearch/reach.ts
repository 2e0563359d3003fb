import { RevalError } from '../../errors/reval-error.ts'
import { certificateFault } from '../connection-faults.ts'
import { EngineFault, type Engine } from './engine.ts'
import type { SearchSettings } from './settings.ts'

/** Which engine answers. */
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
    if (!(error instanceof EngineFault)) throw error
    const { message, status } = error
    if (status === 401 || status === 403) {
      const who = settings.searchUser === '' ? 'no login' : `user ${settings.searchUser}`
      const what = `REVAL_SEARCH_USER, REVAL_SEARCH_PASSWORD (${who}): ${message}`
      throw new RevalError('SERVER_LOGIN_REFUSED', what, { cause: error })
    }
    if (status !== null && !error.transient) {
      throw new RevalError('SERVER_UNSUITABLE', `REVAL_SEARCH_URL: ${message}`, { cause: error })
    }
    const isTrusted = certificateFault(error) === null
    const setting = isTrusted ? 'REVAL_SEARCH_URL' : 'REVAL_SEARCH_URL, REVAL_SEARCH_CA'
    throw new RevalError('SERVER_UNREACHABLE', `${setting}: ${message}`, { cause: error, transient: isTrusted })
  }
}

function versionOf(answer: unknown): EngineVersion | null {
  if (typeof answer !== 'object' || answer === null) return null
  // Each field is checked before it is used.
  const { version, tagline } = answer as Greeting
  if (typeof version?.number !== 'string') return null
  if (version.distribution === 'opensearch') return { distribution: 'opensearch', number: version.number }
  // OpenSearch that reports 7.10.2 for old clients has its own name only here.
  if (typeof tagline === 'string' && tagline.includes('OpenSearch')) {
    return { distribution: 'opensearch', number: version.number }
  }
  return tagline === 'You Know, for Search' ? { distribution: 'elasticsearch', number: version.number } : null
}

function isSuitable({ distribution, number }: EngineVersion): boolean {
  const [major = 0, minor = 0] = number.split('.').map(Number)
  return distribution === 'opensearch' ? major >= 1 : major === 7 && minor >= 10
}

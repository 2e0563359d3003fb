import { systemClock } from '../adapters/clock/system.ts'
import type { Setting } from '../adapters/setting.ts'
import { MONGODB_SETTINGS } from '../adapters/sources/mongodb/settings.ts'
import { MYSQL_SETTINGS } from '../adapters/sources/mysql/settings.ts'
import type { Config } from '../config/config.ts'
import { RevalError } from '../errors/reval-error.ts'
import type { SourceBackends } from './backends.ts'
import { OpenedOnUse } from './opened-on-use.ts'

/** The sources on servers, each connected at its first use. See `BackendSet.openSources`. */
export function openServerSources({ servers: settings }: Pick<Config, 'servers'>): SourceBackends {
  const tcs = new OpenedOnUse(async () => {
    refuseUnset(settings, MYSQL_SETTINGS, 'TCS')
    const { openMysqlTraineeSource } = await import('../adapters/sources/mysql/open.ts')
    return openMysqlTraineeSource({ settings, clock: systemClock })
  })
  const gmc = new OpenedOnUse(async () => {
    refuseUnset(settings, MONGODB_SETTINGS, 'the GMC data')
    const { openMongodbSources } = await import('../adapters/sources/mongodb/open.ts')
    return openMongodbSources({ settings, clock: systemClock })
  })
  return {
    traineeSource: {
      snapshot: async () => (await tcs.get()).snapshot(),
      recordsOf: async (keys) => (await tcs.get()).recordsOf(keys),
      ping: async () => (await tcs.get()).ping(),
    },
    doctorSource: {
      snapshot: async () => (await gmc.get()).doctors.snapshot(),
      recordsOf: async (keys) => (await gmc.get()).doctors.recordsOf(keys),
      doctorsOfRecommendations: async (ids) => (await gmc.get()).doctors.doctorsOfRecommendations(ids),
      recommendationsOf: async (ids) => (await (await gmc.get()).doctors.recommendationsOf?.(ids)) ?? new Map(),
      ping: async () => (await gmc.get()).doctors.ping(),
    },
    exceptionSource: {
      snapshot: async () => (await gmc.get()).exceptions.snapshot(),
      reasonsOf: async (numbers) => (await gmc.get()).exceptions.reasonsOf(numbers),
      ping: async () => (await gmc.get()).exceptions.ping(),
    },
    close: async () => {
      await Promise.all([tcs.close(), gmc.close()])
    },
  }
}

/** Throws SOURCE_NOT_CONFIGURED if a setting that the source needs is empty. */
export function refuseUnset(
  values: Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, Setting>>,
  source: string,
): void {
  const unset = Object.entries(settings).filter(([name, { needed }]) => needed === true && values[name] === '')
  if (unset.length === 0) return
  const names = unset.map(([, { variable }]) => variable)
  throw new RevalError('SOURCE_NOT_CONFIGURED', `${source} cannot be read: ${names.join(' and ')} not set`)
}

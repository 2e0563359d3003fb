import { backendsOf } from '../../../app/backends.ts'
import { readProcessesView } from '../../../app/processes/processes-view.ts'
import { readSchedule } from '../../../app/schedule/read-schedule.ts'
import { liveListsFinding } from '../../../app/health/live-lists.ts'
import { liveChangesFinding } from '../../../config/live-changes.ts'
import { peersFindings } from '../../../config/peers.ts'
import type { Finding } from '../../../ports/finding.ts'
import type { ConsoleScope } from '../../frame/console-scope.ts'
import type { Live, Page } from '../../frame/page.ts'
import { reading, type Reading } from '../../frame/reading.ts'
import type { Visit } from '../../frame/visit.ts'
import { queuesModel } from './queues-model.ts'
import { scheduleModel } from './schedule-model.ts'
import { systemModel } from './servers-model.ts'
import { settingsModel } from './settings-model.ts'

/** How long a check of everything may take. */
const CHECK_MS = 10_000

/** Servers, processes, generations, queues, the schedule and the settings. All of it is for reading. */
export function addSystemPages({ page, action, revision, worker, config }: ConsoleScope): void {
  const { context, health, queues, generations, services } = worker

  const liveSystem = async (): Promise<Live> => ({ view: 'system', revision: await revision('system') })

  const show = async (visit: Visit, check: Reading<readonly Finding[]> | null): Promise<Page> => {
    const { now } = visit
    const live = check === null ? await liveSystem() : null
    const elsewhere = context.settings.javaPeers
    const [processes, kept] = await Promise.all([
      reading(() => readProcessesView(context, { now, elsewhere })),
      generations.generationsView(),
    ])
    return {
      heading: check === null ? 'System' : 'Everything checked',
      template: 'system',
      section: 'System',
      live,
      ...(check !== null && { breadcrumb: [{ text: 'System', href: '/console/system' }] }),
      model: systemModel({ servers: await health.check(), processes, generations: kept, check, now }),
    }
  }

  page('/system', (visit) => show(visit, null))
  action('/system/check', async (visit) => {
    const names = services.map(({ name }) => name)
    const inspect = async () => (await backendsOf(config)).inspect(config, names)
    const inspected = await reading(inspect, CHECK_MS)
    const own = names.includes('integration') ? [liveChangesFinding(config)] : []
    const java = config.javaPeers.length === 0 ? [] : [...peersFindings(config), ...(await liveListsFinding(config))]
    return show(visit, inspected.known ? { known: true, value: [...java, ...own, ...inspected.value] } : inspected)
  })

  page('/system/queues', async () => ({
    heading: 'Queues',
    template: 'queues',
    section: 'System',
    live: await liveSystem(),
    model: queuesModel(await queues.queuesView()),
  }))

  page('/system/settings', async () => ({
    heading: 'Settings',
    template: 'settings',
    section: 'System',
    model: settingsModel(config.shown),
  }))

  page('/schedule', async ({ now }) => ({
    heading: 'Schedule',
    template: 'schedule',
    section: 'System',
    live: await liveSystem(),
    model: scheduleModel(await readSchedule(context, config, now), now),
  }))
}

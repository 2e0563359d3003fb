import { refusedPeers } from '../src/config/peers.ts'
import { GUARANTEES, listsOf, listWriters, LOST_BESIDE, type Guarantee } from '../src/ports/peers.ts'
import { SERVICE_NAMES, type ServiceName } from '../src/ports/run-ledger.ts'
import { SENDERS, STAGE_FACTS, type StageService } from '../src/sync/stages.ts'
import { table } from './markdown.ts'

const listed = (names: readonly string[]): string => names.join(', ')
const asCode = (names: readonly string[]): string => listed(names.map((name) => `\`${name}\``))

function workOf(service: ServiceName): readonly string[] {
  const sends = Object.entries(SENDERS).filter(([, sender]) => sender.service === service)
  const counting: readonly StageService[] = STAGE_FACTS.lists.services
  const counts = counting.some((each) => each.service === service) ? listsOf(service) : []
  return [service, listed(sends.map(([stage]) => stage)), asCode(counts)]
}

/** Every choice of Java services. */
const CHOICES: readonly (readonly ServiceName[])[] = SERVICE_NAMES.reduce<readonly (readonly ServiceName[])[]>(
  (choices, service) => choices.flatMap((choice) => [choice, [...choice, service]]),
  [[]],
).toSorted((a, b) => a.length - b.length)

function combination(java: readonly ServiceName[]): readonly string[] {
  const ours = SERVICE_NAMES.filter((service) => !java.includes(service))
  const faults = refusedPeers(java, ours, 'tables')
  const needsTables = refusedPeers(java, ours, 'views').length > faults.length
  return [
    java.length === 0 ? '`none`' : `\`${java.join(',')}\``,
    listed(ours),
    needsTables ? '`tables`' : faults.length > 0 || java.includes('integration') ? '' : 'either',
    howItWorks(java, ours, faults),
  ]
}

function howItWorks(
  java: readonly ServiceName[],
  ours: readonly ServiceName[],
  faults: ReturnType<typeof refusedPeers>,
): string {
  if (faults.length > 0) return `refused: ${listed([...new Set(faults.map(({ reason }) => reason))])}`
  if (ours.length === 0) return 'nothing is ours'
  const onlySends = java.includes('integration') && ours.includes('recommendation')
  return onlySends ? 'works: recommendation only sends' : 'works'
}

/** docs/java-peers.md */
export function peersPage(): string {
  return [
    '# Beside Java services',
    '',
    'What follows from `REVAL_JAVA_PEERS`. `reval config check` prints it for the services configured. How to move: [migrating.md](migrating.md).',
    '',
    '## The services',
    '',
    ...table(['service', 'sends', 'its lists'], SERVICE_NAMES.map(workOf)),
    `A Java ${listWriters(SERVICE_NAMES).join(' or ')} writes each changed row that is announced to its lists. Integration writes the row there first, so nothing depends on the Java service. \`getMaster\` is not sent: its one route leads to both services.`,
    '',
    'Beside a Java integration, our tcs and recommendation send what it asks for, and nothing else of ours runs. The Java recommendation continues to consume `getMaster` and `masterdoctorview.updated`, but not `gmcSyncStart`: otherwise each of the two gets some of the commands.',
    '',
    '## What is guaranteed',
    '',
    'With all four services ours and lists as views, every guarantee in the first column holds. With tables, `exceptionindex` is that of the day of the run. Beside several Java services, what any of them takes away is lost; beside a Java integration, only its column counts.',
    '',
    ...table(
      ['guarantee', ...SERVICE_NAMES.map((service) => `Java ${service}`)],
      (Object.keys(GUARANTEES) as Guarantee[]).map((guarantee) => [
        GUARANTEES[guarantee],
        ...SERVICE_NAMES.map((service) => LOST_BESIDE[service][guarantee] ?? 'yes'),
      ]),
    ),
    '## Combinations',
    '',
    'A refused one is refused at start and by `reval config check`.',
    '',
    ...table(['`REVAL_JAVA_PEERS`', 'ours', '`REVAL_LISTS`', ''], CHOICES.map(combination)),
  ].join('\n')
}

/** A metric: its Prometheus name, its labels, and what it measures. */
export interface Metric {
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly help: string
  /** Upper bounds of the buckets of a histogram. */
  readonly bounds?: readonly number[]
}

/** From half a millisecond to a minute, in seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** From a tenth of a second to an hour: how long a change takes from its event to the reader. */
const LATENCY = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600]

const counter = (name: string, labels: readonly string[], help: string): Metric => ({
  name,
  kind: 'counter',
  labels,
  help,
})
const gauge = (name: string, labels: readonly string[], help: string): Metric => ({ name, kind: 'gauge', labels, help })
const histogram = (name: string, labels: readonly string[], help: string, bounds = SECONDS): Metric => ({
  name,
  kind: 'histogram',
  labels,
  help,
  bounds,
})

/** Counted and measured as it happens, in the process where it happens. */
export const MEASURED = {
  runsEnded: counter('reval_runs_total', ['purpose', 'result'], 'Runs that ended while this process was the writer'),
  restarts: counter('reval_run_restarts_total', ['cause'], 'Restarts of runs'),
  stageSeconds: histogram(
    'reval_stage_duration_seconds',
    ['stage'],
    'Duration of finished stages',
    [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
  ),
  rowsWritten: counter('reval_rows_written_total', ['operation', 'outcome'], 'Rows sent to the index store'),
  rowsFailed: counter('reval_rows_failed_total', ['stage'], 'Failed rows'),
  sourceSeconds: histogram('reval_source_read_seconds', ['source', 'operation'], 'Duration of reads from a source'),
  sourceRows: counter('reval_source_rows_total', ['source', 'operation'], 'Rows read from a source'),
  storeSeconds: histogram('reval_store_seconds', ['operation'], 'Duration of calls to the index store'),
  ledgerSeconds: histogram('reval_ledger_seconds', ['operation'], 'Duration of calls to the ledger'),
  publishSeconds: histogram('reval_publish_seconds', ['route'], 'Time until the broker accepts a message'),
  messageSeconds: histogram(
    'reval_message_seconds',
    ['queue', 'end'],
    'Time from the delivery of a message until it is acknowledged, given back or dead-lettered',
  ),
  callsFailed: counter(
    'reval_calls_failed_total',
    ['to', 'code'],
    'Failed calls to sources, index store, ledger and broker',
  ),
  lateMessages: counter('reval_messages_late_total', ['stage'], 'Messages of an attempt that is over'),
  changeSeconds: histogram(
    'reval_change_visible_seconds',
    ['channel'],
    'Time from the event of a live change until its rows are visible',
    LATENCY,
  ),
  changeKeys: counter('reval_change_keys_total', [], 'Keys that live changes refreshed'),
  warnings: counter(
    'reval_warnings_total',
    ['code', 'retried'],
    'Errors that did not end the work; retried: it is tried again',
  ),
  leaseEvents: counter(
    'reval_lease_events_total',
    ['event'],
    "Times that this process acquired, lost or regained the writer's lease, or let it expire",
  ),
  requests: counter('reval_requests_total', ['kind', 'result'], 'Requests of operators that the writer answered'),
  httpSeconds: histogram(
    'reval_http_request_seconds',
    ['method', 'route', 'status'],
    'Duration of HTTP requests, by route as registered',
  ),
} as const satisfies Readonly<Record<string, Metric>>

/** Of the ledger and the index store: every integration process answers the same. */
const OF_THE_INSTALLATION = {
  runInProgress: gauge('reval_run_in_progress', [], 'Whether a run is in progress'),
  runStage: gauge('reval_run_stage', ['stage'], '1 for the stage that the run in progress is in'),
  runSeconds: gauge('reval_run_seconds', [], 'Duration of the run in progress, or of the last one'),
  runRestarts: gauge('reval_run_restarts', [], 'Restarts of the run in progress, or of the last one'),
  stageRows: gauge(
    'reval_stage_rows',
    ['stage'],
    'Rows received in a stage of the run in progress, or of the last one',
  ),
  stageExpected: gauge('reval_stage_expected_rows', ['stage'], 'Rows that the sender of the stage announced'),
  stageFailed: gauge('reval_stage_failed_rows', ['stage'], 'Failed rows of the stage'),
  stageRate: gauge('reval_stage_rows_per_second', ['stage'], 'Rows per second of the stage'),
  stageTook: gauge('reval_stage_seconds', ['stage'], 'Duration of the stage so far'),
  lastEnded: gauge(
    'reval_run_ended_timestamp_seconds',
    ['purpose', 'result'],
    'When the latest run with this purpose and result ended, of the last ten runs',
  ),
  isLive: gauge('reval_live', [], 'Whether a generation is live'),
  liveSince: gauge('reval_live_since_timestamp_seconds', [], 'When the run that is live ended'),
  liveDay: gauge(
    'reval_live_day_timestamp_seconds',
    [],
    'Start (UTC) of the day for which the live lists are computed',
  ),
  liveRows: gauge('reval_live_rows', ['index'], 'Rows of each list that is live; counted once a minute'),
  tableRows: gauge(
    'reval_table_rows',
    ['index'],
    'Rows of each table of live, those that other programs wrote too; counted once a minute',
  ),
  openFailures: gauge('reval_open_failures', [], 'Failed rows of the live generation'),
  heldBack: gauge('reval_held_back', ['reason'], 'Whether a generation is held back, by a check or as a preview'),
  stale: gauge('reval_stale', ['generation'], 'Whether a kept generation missed a change'),
  generationBytes: gauge('reval_generation_bytes', ['generation'], 'Space that a kept generation takes'),
  storeFree: gauge('reval_index_store_free_bytes', [], 'Free space where the next generation would be'),
  storeRoom: gauge(
    'reval_index_store_room_generations',
    [],
    'For how many more generations of the size of the largest there is room',
  ),
  hasWriter: gauge('reval_writer_active', [], "Whether a process holds the writer's lease"),
  isWriter: gauge('reval_writer', [], 'Whether this process is the writer'),
  changesLag: gauge('reval_changes_lag_seconds', ['channel'], 'Age of the oldest change that is not applied yet'),
  changesWaiting: gauge('reval_changes_waiting', ['channel'], 'Changes that are not applied yet'),
  changesPaused: gauge('reval_changes_paused', [], 'Whether live changes are paused'),
  verifiedAt: gauge('reval_verification_timestamp_seconds', [], 'When live was last verified'),
  verifyDifferences: gauge(
    'reval_verification_rows',
    ['difference'],
    'Rows that the last verification found different, of live and, `table`, of its tables',
  ),
  drift: gauge('reval_drift', [], 'Whether what is live differs from the sources, by the last verification'),
} as const satisfies Readonly<Record<string, Metric>>

/** Of queues: asked by integration processes when scraped. */
const OF_QUEUES = {
  queueWaiting: gauge('reval_queue_waiting', ['queue'], 'Messages waiting in a queue; approximate on real brokers'),
  queueInFlight: gauge(
    'reval_queue_in_flight',
    ['queue'],
    'Messages delivered but not acknowledged; approximate on real brokers',
  ),
  deadLetters: gauge('reval_dead_letters', ['queue'], 'Dead letters of a queue'),
} as const satisfies Readonly<Record<string, Metric>>

/** Of this process and what it can reach. */
const OF_THE_PROCESS = {
  info: gauge('reval_info', ['version', 'services'], '1, with the version and the services of this process'),
  serverUp: gauge('reval_server_up', ['server'], 'Whether this process reaches a server'),
  serverSeconds: gauge('reval_server_response_seconds', ['server'], 'How long the server took to answer'),
  diskFree: gauge('reval_disk_free_bytes', ['directory'], 'Free space of the disk of the data or scratch directory'),
  diskSize: gauge('reval_disk_size_bytes', ['directory'], 'Size of that disk'),
  cpu: counter('process_cpu_seconds_total', [], 'Processor time of this process'),
  startedAt: gauge('process_start_time_seconds', [], 'When this process started'),
  memory: gauge('process_resident_memory_bytes', [], 'Resident memory'),
  heap: gauge('nodejs_heap_used_bytes', [], 'JavaScript heap in use'),
  loopUse: gauge(
    'nodejs_eventloop_utilization',
    [],
    'Share of time that the event loop was busy, since the last scrape',
  ),
  loopDelay: gauge(
    'nodejs_eventloop_delay_seconds',
    ['quantile'],
    'Delay of the event loop since the last scrape; measured from the first scrape on',
  ),
} as const satisfies Readonly<Record<string, Metric>>

/** Read when somebody scrapes. */
export const FIGURES = { ...OF_THE_INSTALLATION, ...OF_QUEUES, ...OF_THE_PROCESS }

export type MeasuredName = keyof typeof MEASURED
export type FigureName = keyof typeof FIGURES

export interface MetricGroup {
  readonly heading: string
  readonly about: string
  readonly metrics: readonly Metric[]
}

/** All metrics, in the order of docs/metrics.md. */
export const METRIC_GROUPS: readonly MetricGroup[] = [
  {
    heading: 'The installation',
    about:
      'From the ledger and the index store. Every integration process exports them, with the same values except `reval_writer`: aggregate them with `max`, not `sum`. They are absent while the search engine cannot be read.',
    metrics: Object.values(OF_THE_INSTALLATION),
  },
  {
    heading: 'Queues',
    about: 'Asked by every integration process. A queue that does not answer is absent.',
    metrics: Object.values(OF_QUEUES),
  },
  {
    heading: 'Work',
    about: 'Counted and measured in the process that does the work, since it started.',
    metrics: Object.values(MEASURED),
  },
  {
    heading: 'The process',
    about: 'Exported by every process.',
    metrics: Object.values(OF_THE_PROCESS),
  },
]

/** What each label may be. None of them grows with the number of doctors, runs or callers. */
export const LABELS: Readonly<Record<string, string>> = {
  cause: '`takeover`, `fault`',
  channel: '`traineeChanged`, `doctorChanged`, `recommendationChanged`',
  code: 'an [error code](errors.md)',
  difference: '`missing`, `surplus`, `different`',
  directory: '`data` (embedded backends), `scratch` (integration)',
  end: '`acknowledged`, `given back`, `dead-lettered`',
  event: '`acquired`, `lost`, `expired`, `regained`',
  generation: '`live`, `previous`, `held back`, `building`',
  index: 'the five indexes',
  kind: 'the request: `cancel`, `promote`, `discard`, `rollback`, `resync`, `erase`',
  method: 'of HTTP',
  operation:
    'a call of the port, such as `write`, `by key`, `batch`; of `reval_rows_written_total`: `create`, `replace`, `delete`',
  outcome: '`written`, `exists`, `conflict`, `failed`',
  purpose: '`sync`, `preview`, `verify`',
  quantile: '`0.5`, `0.99`, `1`',
  queue: 'as in [messages.md](messages.md), by our names',
  reason: '`check`, `preview`',
  result:
    'how a run ended: `live`, `held back`, `discarded`, `verified`, `failed`, `cancelled`; of a request: `done`, `refused`',
  retried: '`true`, `false`',
  route:
    'of HTTP, as registered, such as `/api/sync/runs/:id`, `none` for requests without a route; of messages, by our names',
  server: 'the servers of the process, as on the console',
  services: 'of the process, separated by commas',
  source: '`trainees`, `doctors`, `exception reasons`',
  stage: 'of a run; of failed rows also `refresh`',
  status: 'of HTTP',
  to: '`source`, `index store`, `ledger`, `broker`',
  version: 'of this package',
}

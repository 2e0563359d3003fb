import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cron } from '../../src/adapters/cron/cron-setting.ts'
import { readConfig } from '../../src/config/config.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { DEFAULT_TOPOLOGY } from '../../src/messages/topology.ts'
import { DEFAULT_LIKENESS } from '../../src/domain/likeness.ts'
import { DESIGNATED_BODIES } from '../../src/domain/designated-bodies.ts'
import { faultsOf } from './faults-of.ts'

/** A key that signs webhooks. */
const KEY = Buffer.alloc(24, 7)

/** What is not about servers; those have their own tests beside their settings. */
function ownPart(config: ReturnType<typeof readConfig>) {
  const { servers, queues, shown, ...own } = config
  assert.ok(servers)
  assert.ok(shown)
  assert.ok(queues)
  return own
}

test('without settings the configuration is the documented one', () => {
  const config = readConfig({})
  assert.deepEqual(ownPart(config), {
    backends: 'embedded',
    dataDirectory: './data',
    scratchDirectory: 'data/scratch',
    fillWith: '',
    http: {
      host: '127.0.0.1',
      port: 8088,
      publicUrl: '',
      operatorToken: '',
      metricsToken: '',
      oidc: null,
      requestsPerMinute: 1200,
      trustedProxies: [],
    },
    remote: null,
    log: { level: 'info', format: 'auto' },
    tracesUrl: null,
    rules: { trainees: 'all', bodies: DESIGNATED_BODIES },
    messages: { rows: 500, bytes: 200_000, sendAheadBytes: 64_000_000 },
    writer: { prefetch: 8, rowsPerWrite: 1000, pollMs: 200, leaseMs: 20_000 },
    claims: { leaseMs: 30_000, timeoutMs: 10_000, tries: 6 },
    runs: {
      maxRestarts: 4,
      maxTakeovers: 20,
      stallMs: 120_000,
      quietMs: 10_000,
    },
    retention: {
      runs: 200,
      runsMs: 0,
      heldBackMs: 14 * 86_400_000,
      previousMs: 0,
      failuresMs: 30 * 86_400_000,
      auditMs: 730 * 86_400_000,
    },
    checks: { likeness: DEFAULT_LIKENESS, acceptFailures: 0, unprovedShare: 0.02, previewShare: null },
    javaPeers: [],
    sources: { rowsPerSecond: 0, lagMs: 0 },
    verification: { settleMs: 60_000 },
    schedule: { sync: null, verify: null, reasons: cron().parse('*/5 * * * *') },
    console: { name: '', help: 'the team that runs this service', clientUrl: '', logIn: null },
    staleMs: 26 * 3_600_000,
    notifications: { webhook: null, slack: null, teams: null, mail: null },
    liveChanges: true,
    lists: {
      builtAs: 'views',
      unconnected: 'everybody',
      admins: [],
      recommendationUrl: '',
      connectionUrl: '',
      serviceTimeoutMs: 10_000,
    },
  })
  assert.deepEqual(config.queues, { topology: DEFAULT_TOPOLOGY, mode: 'declare' })
})

test('every variable sets its own value', () => {
  const environment = {
    REVAL_BACKENDS: 'servers',
    REVAL_DATA_DIR: '/srv/reval',
    REVAL_SCRATCH_DIR: '/scratch',
    REVAL_FILL_WITH: '/fill.ts',
    REVAL_TRACES: 'http://collector:4318',
    REVAL_HOST: '::1',
    REVAL_PORT: '0',
    REVAL_PUBLIC_URL: 'https://reval.example/sync/',
    REVAL_OPERATOR_TOKEN: 'sixteen letters!',
    REVAL_METRICS_TOKEN: 'sixteen letters?',
    REVAL_OIDC_ISSUER: 'https://login.example/pool',
    REVAL_OIDC_CLIENT_ID: 'client',
    REVAL_OIDC_AUDIENCE: 'audience',
    REVAL_OIDC_ALGORITHMS: 'RS256,ES256',
    REVAL_OIDC_ROLES_CLAIM: 'roles',
    REVAL_OIDC_BODIES_CLAIM: 'bodies',
    REVAL_REQUESTS_PER_MINUTE: '36',
    REVAL_TRUSTED_PROXIES: ' 10.0.0.0/24, ::1,',
    REVAL_LOG_LEVEL: 'debug',
    REVAL_LOG_FORMAT: 'json',
    REVAL_TRAINEES: 'usable',
    REVAL_MESSAGE_ROWS: '1',
    REVAL_MESSAGE_BYTES: '10002',
    REVAL_SEND_AHEAD_BYTES: '1000033',
    REVAL_PREFETCH: '3',
    REVAL_WRITE_ROWS: '4',
    REVAL_POLL_MS: '50',
    REVAL_WRITER_LEASE_SECONDS: '5',
    REVAL_LEASE_SECONDS: '6',
    REVAL_CLAIM_TIMEOUT_SECONDS: '7',
    REVAL_CLAIM_TRIES: '8',
    REVAL_MAX_RESTARTS: '9',
    REVAL_MAX_TAKEOVERS: '15',
    REVAL_STALL_SECONDS: '10',
    REVAL_QUIET_SECONDS: '12',
    REVAL_CHECK_FEWEST_ROWS: '16',
    REVAL_CHECK_FEWEST_SHARE: '.17',
    REVAL_CHECK_SHRINK: '.25',
    REVAL_CHECK_GROW: '.26',
    REVAL_CHECK_LOSE: '.27',
    REVAL_CHECK_WARN: '.28',
    REVAL_CHECK_ACCEPT_FAILURES: '11',
    REVAL_CHECK_UNPROVED_SHARE: '.5',
    REVAL_PREVIEW_SHARE: '.25',
    REVAL_KEEP_RUNS: '13',
    REVAL_KEEP_FAILURES_DAYS: '14',
    REVAL_KEEP_AUDIT_DAYS: '37',
    REVAL_KEEP_RUNS_DAYS: '33',
    REVAL_KEEP_HELD_BACK_DAYS: '34',
    REVAL_KEEP_PREVIOUS_DAYS: '35',
    REVAL_JAVA_PEERS: 'tcs',
    REVAL_SOURCE_ROWS_PER_SECOND: '14',
    REVAL_LIVE_CHANGES: 'on',
    REVAL_SOURCE_LAG_SECONDS: '18',
    REVAL_CONSOLE_NAME: 'PREPROD',
    REVAL_CONSOLE_HELP: 'the desk',
    REVAL_CLIENT_URL: 'https://client.example',
    REVAL_CONSOLE_CLIENT_ID: 'console',
    REVAL_CONSOLE_CLIENT_SECRET: 'client secret',
    REVAL_CONSOLE_SCOPES: 'openid',
    REVAL_CONSOLE_LOGOUT_URL: 'https://login.example/logout',
    REVAL_SESSION_KEYS: 'k'.repeat(32),
    REVAL_STALE_HOURS: '0',
    REVAL_NOTIFY_WEBHOOK_URL: 'http://alerts.example/in?key=1',
    REVAL_NOTIFY_WEBHOOK_SECRET: `whsec_${KEY.toString('base64')}`,
    REVAL_NOTIFY_SLACK_URL: 'https://hooks.slack.example/services/x',
    REVAL_NOTIFY_TEAMS_URL: 'https://teams.example/workflows?sig=y',
    REVAL_NOTIFY_MAIL_TO: 'ops@example.org, o.n-call@example.org',
    REVAL_NOTIFY_MAIL_FROM: 'reval@example.org',
    REVAL_NOTIFY_SMTP_URL: 'smtp://mail.example',
    REVAL_NOTIFY_SMTP_USER: 'reval',
    REVAL_NOTIFY_SMTP_PASSWORD: 'secret',
    REVAL_NOTIFY_SMTP_CA: '',
    REVAL_SCHEDULE_SYNC: ' 0 5 * * * ',
    REVAL_SCHEDULE_VERIFY: '0 3 * * 7',
    REVAL_SCHEDULE_REASONS: 'off',
    REVAL_VERIFY_SETTLE_SECONDS: '21',
    REVAL_DISCONNECTED_VISIBLE: 'programme-body',
    REVAL_LISTS: 'tables',
    REVAL_RECOMMENDATION_URL: 'http://127.0.0.1:22',
    REVAL_CONNECTION_URL: 'https://[::1]:23',
    REVAL_LIST_SERVICE_TIMEOUT_SECONDS: '24',
    REVAL_URL: 'https://reval.example/there',
    REVAL_TOKEN: 'a-token',
  }
  const server = /^REVAL_(RABBITMQ|SQS|MYSQL|MONGODB|SEARCH|QUEUE|QUEUES|EXCHANGE|KEY)(_|$)/
  const variables = Object.values(SETTINGS).map(({ variable }) => variable)
  const own = variables.filter(
    (variable) => !['REVAL_DESIGNATED_BODIES', 'REVAL_ADMINS'].includes(variable) && !server.test(variable),
  )
  assert.deepEqual(Object.keys(environment).sort(), own.sort())
  assert.deepEqual(ownPart(readConfig(environment)), {
    backends: 'servers',
    dataDirectory: '/srv/reval',
    scratchDirectory: '/scratch',
    fillWith: '/fill.ts',
    tracesUrl: 'http://collector:4318',
    http: {
      host: '::1',
      port: 0,
      publicUrl: 'https://reval.example/sync',
      operatorToken: 'sixteen letters!',
      metricsToken: 'sixteen letters?',
      oidc: {
        issuer: 'https://login.example/pool',
        clientId: 'client',
        audience: 'audience',
        algorithms: ['RS256', 'ES256'],
        rolesClaim: 'roles',
        bodiesClaim: 'bodies',
      },
      requestsPerMinute: 36,
      trustedProxies: ['10.0.0.0/24', '::1'],
    },
    remote: { url: 'https://reval.example/there', token: 'a-token' },
    log: { level: 'debug', format: 'json' },
    rules: { trainees: 'usable', bodies: DESIGNATED_BODIES },
    messages: { rows: 1, bytes: 10_002, sendAheadBytes: 1_000_033 },
    writer: { prefetch: 3, rowsPerWrite: 4, pollMs: 50, leaseMs: 5_000 },
    claims: { leaseMs: 6_000, timeoutMs: 7_000, tries: 8 },
    runs: {
      maxRestarts: 9,
      maxTakeovers: 15,
      stallMs: 10_000,
      quietMs: 12_000,
    },
    retention: {
      runs: 13,
      runsMs: 33 * 86_400_000,
      heldBackMs: 34 * 86_400_000,
      previousMs: 35 * 86_400_000,
      failuresMs: 14 * 86_400_000,
      auditMs: 37 * 86_400_000,
    },
    checks: {
      likeness: {
        ...DEFAULT_LIKENESS,
        fewestRows: 16,
        fewestShare: 0.17,
        shrink: 0.25,
        grow: 0.26,
        lose: 0.27,
        warn: 0.28,
      },
      acceptFailures: 11,
      unprovedShare: 0.5,
      previewShare: 0.25,
    },
    javaPeers: ['tcs'],
    sources: { rowsPerSecond: 14, lagMs: 18_000 },
    verification: { settleMs: 21_000 },
    schedule: { sync: cron().parse('0 5 * * *'), verify: cron().parse('0 3 * * 7'), reasons: null },
    console: {
      name: 'PREPROD',
      help: 'the desk',
      clientUrl: 'https://client.example',
      logIn: {
        clientId: 'console',
        clientSecret: 'client secret',
        scopes: 'openid',
        logoutUrl: 'https://login.example/logout',
        publicUrl: 'https://reval.example/sync',
        sessionKeys: ['k'.repeat(32)],
      },
    },
    staleMs: 0,
    notifications: {
      webhook: { url: 'http://alerts.example/in?key=1', key: KEY },
      slack: { url: 'https://hooks.slack.example/services/x' },
      teams: { url: 'https://teams.example/workflows?sig=y' },
      mail: {
        from: 'reval@example.org',
        to: ['ops@example.org', 'o.n-call@example.org'],
        host: 'mail.example',
        port: 587,
        isSecure: false,
        user: 'reval',
        password: 'secret',
        ca: null,
      },
    },
    liveChanges: true,
    lists: {
      builtAs: 'tables',
      unconnected: 'programme-body',
      admins: [],
      recommendationUrl: 'http://127.0.0.1:22',
      connectionUrl: 'https://[::1]:23',
      serviceTimeoutMs: 24_000,
    },
  })
})

test('the command line takes precedence over the environment, and is validated in the same way', () => {
  const config = readConfig(
    { REVAL_PORT: 'nonsense', REVAL_HOST: '::1' },
    { REVAL_PORT: '9000', REVAL_HOST: undefined },
  )
  assert.partialDeepStrictEqual(config.http, { host: '::1', port: 9000 })
  const faults = faultsOf(() => readConfig({ REVAL_PORT: '9000' }, { REVAL_PORT: '65536' }))
  assert.deepEqual(
    faults.map(({ setting, value }) => [setting, value]),
    [['REVAL_PORT', '65536']],
  )
})

test('a blank variable counts as not set', () => {
  assert.deepEqual(readConfig({ REVAL_PORT: '', REVAL_DESIGNATED_BODIES: ' ' }), readConfig({}))
})

const REFUSED: readonly (readonly [string, readonly string[]])[] = [
  ['REVAL_PORT', ['-1', '65536', '80.5', '0x50', 'http', '1e3', '8088/tcp']],
  ['REVAL_MESSAGE_ROWS', ['0', '10001']],
  ['REVAL_LEASE_SECONDS', ['0', '30s', '3601']],
  ['REVAL_CHECK_SHRINK', ['1.1', '-0.1', '10%', '0,1', '.', '2']],
  ['REVAL_CHECK_ACCEPT_FAILURES', ['-1', 'all']],
  ['REVAL_LOG_LEVEL', ['INFO', 'loud']],
  ['REVAL_TRAINEES', ['some']],
  ['REVAL_OIDC_ALGORITHMS', ['HS256', 'none', 'RS256,', 'RS256,none', 'RS256,RS256', 'rs256']],
  ['REVAL_OIDC_ISSUER', ['login.example', 'http://login.example']],
  ['REVAL_SCHEDULE_SYNC', ['daily', '0 5 * *', '0 25 * * *', '0 5 31 2 *']],
  ['REVAL_PUBLIC_URL', ['reval.example', 'https://']],
  ['REVAL_HOST', ['localhost:80', 'http://localhost', '999.1.1.1', 'a b', '[::1]', '-a']],
]

test('every invalid value is refused with its setting, its value and a reason', () => {
  for (const [variable, values] of REFUSED) {
    for (const value of values) {
      const faults = faultsOf(() => readConfig({ [variable]: value }))
      assert.deepEqual(
        faults.map((fault) => [fault.setting, fault.value]),
        [[variable, value]],
        `${variable}=${value}`,
      )
      assert.match(faults[0]?.reason ?? '', /^must be /)
    }
  }
})

const TOKEN = 'a token of an operator'

test('values at the limits are accepted', () => {
  assert.equal(readConfig({ REVAL_PORT: ' 65535 ' }).http.port, 65_535)
  assert.equal(readConfig({ REVAL_HOST: 'reval.internal', REVAL_OPERATOR_TOKEN: TOKEN }).http.host, 'reval.internal')
  assert.equal(readConfig({ REVAL_HOST: '0.0.0.0', REVAL_OPERATOR_TOKEN: TOKEN }).http.host, '0.0.0.0')
  for (const share of ['0', '1', '1.0', '0.999', '.5']) {
    assert.equal(readConfig({ REVAL_CHECK_SHRINK: share }).checks.likeness.shrink, Number(share))
  }
})

test('all errors are reported at once', () => {
  const faults = faultsOf(() =>
    readConfig({
      REVAL_PORT: 'x',
      REVAL_PREFETCH: '0',
      REVAL_DESIGNATED_BODIES: '/nowhere/bodies.json',
      REVAL_PROT: '1',
    }),
  )
  assert.deepEqual(
    faults.map(({ setting }) => setting),
    ['REVAL_PORT', 'REVAL_DESIGNATED_BODIES', 'REVAL_PREFETCH', 'REVAL_PROT'],
  )
})

test('settings of the provider are refused unless they make sense together', () => {
  const issuer = { REVAL_OIDC_ISSUER: 'https://login.example' }
  const refused: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [issuer, /set REVAL_OIDC_CLIENT_ID or REVAL_OIDC_AUDIENCE/],
    [{ REVAL_METRICS_TOKEN: TOKEN }, /no effect without REVAL_OIDC_ISSUER or REVAL_OPERATOR_TOKEN/],
    [{ REVAL_METRICS_TOKEN: TOKEN, REVAL_OPERATOR_TOKEN: TOKEN }, /must differ from REVAL_OPERATOR_TOKEN/],
    [{ REVAL_METRICS_TOKEN: 'short', REVAL_OPERATOR_TOKEN: TOKEN }, /at least 16 characters/],
    [{ REVAL_OIDC_CLIENT_ID: 'client' }, /no effect without REVAL_OIDC_ISSUER/],
    [{ REVAL_OIDC_AUDIENCE: 'audience' }, /no effect without REVAL_OIDC_ISSUER/],
  ]
  for (const [environment, reason] of refused) {
    const faults = faultsOf(() => readConfig(environment))
    assert.equal(faults.length, 1)
    assert.match(faults[0]?.reason ?? '', reason)
  }
  for (const which of ['REVAL_OIDC_CLIENT_ID', 'REVAL_OIDC_AUDIENCE']) {
    assert.equal(
      readConfig({ ...issuer, [which]: 'x', REVAL_HOST: '0.0.0.0' }).http.oidc?.issuer,
      'https://login.example',
    )
  }
  const local = { REVAL_OIDC_ISSUER: 'http://127.0.0.1:9000', REVAL_OIDC_CLIENT_ID: 'x' }
  assert.equal(readConfig(local).http.oidc?.issuer, 'http://127.0.0.1:9000')
})

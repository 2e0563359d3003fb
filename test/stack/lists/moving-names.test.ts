import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { MongoClient, type Document } from 'mongodb'
import { createConnection } from 'mysql2/promise'
import { backendsOf } from '../../../src/app/backends.ts'
import type { RunView } from '../../../src/app/run-view.ts'
import { CONNECTIONS_PAGE, DOCTORS_PAGE } from '../../../src/app/lists/answers.ts'
import { readConfig } from '../../../src/config/config.ts'
import { environment } from '../../../src/config/read-settings.ts'
import { encodeJson } from '../../../src/messages/json.ts'
import type { Route } from '../../../src/ports/broker.ts'
import { readInstallation } from '../../../src/sync/records.ts'
import { SAMPLE, UNJUDGED } from '../../app/job/workplace.ts'
import { changeExports } from '../../cli/changed-exports.ts'
import { Installation } from '../job/installation.ts'
import { servers } from '../servers.ts'
import { ask, totalOf } from './asking.ts'

/** Reasons are not compared during the test, so that a generation changes only when the test changes it. */
const SETTINGS = { ...UNJUDGED, REVAL_SCHEDULE_REASONS: 'off' }

const PATHS = [
  '/api/v1/doctors',
  '/api/v1/doctors?pageNumber=3&searchQuery=a&sortColumn=doctorLastName',
  '/api/v1/doctors/autocomplete?fieldName=programmeName',
  '/api/v1/doctors?format=csv',
  '/api/connection/connected',
  '/api/connection/exception',
  '/api/connection?format=csv',
] as const

/** An integration that asks the other services, which share a process, for their lists. */
async function startGateway(place: Installation): Promise<string> {
  const services = await place.startTogether(['tcs', 'recommendation', 'connection'])
  const url = await services.address()
  const integration = await place.start('integration', {
    REVAL_RECOMMENDATION_URL: url,
    REVAL_CONNECTION_URL: url,
    REVAL_LIST_SERVICE_TIMEOUT_SECONDS: '60',
  })
  return integration.address()
}

interface Seen {
  readonly path: string
  readonly run: string
  readonly day: string
  readonly since: string
  /** Of the whole body. */
  readonly digest: string
}

/** Asks for all paths over and over, one after the other. */
class Asking {
  readonly seen: Seen[] = []
  readonly #events = new EventEmitter<{ round: [] }>()
  readonly #stopping = new AbortController()
  readonly #going: Promise<void>

  constructor(address: string) {
    this.#going = this.#go(address)
    // Awaited with each round, and when it is stopped.
    this.#going.catch(() => undefined)
  }

  /** Resolves once all paths were asked for from now on; rejects with the first answer that is wrong. */
  async wholeRound(): Promise<void> {
    // The round that is in progress began before.
    for (let rounds = 0; rounds < 2; rounds += 1) await Promise.race([once(this.#events, 'round'), this.#going])
  }

  async stop(): Promise<readonly Seen[]> {
    this.#stopping.abort()
    await this.#going
    return this.seen
  }

  async #go(address: string): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      for (const path of PATHS) {
        const { status, headers, text } = await ask(address, path)
        assert.equal(status, 200, `${path}: ${text}`)
        const header = (name: string) => headers.get(name) ?? assert.fail(`${path}: no ${name}`)
        if (path.endsWith('csv')) assert.ok(text.split('\r\n').length > 1_000, path)
        else assertRows(path, JSON.parse(text))
        this.seen.push({
          path,
          run: header('reval-run'),
          day: header('reval-data-day'),
          since: header('reval-live-since'),
          digest: createHash('sha256').update(text).digest('hex'),
        })
      }
      this.#events.emit('round')
    }
  }
}

/** There are rows, and their totals are of one generation. */
function assertRows(path: string, body: unknown): void {
  if (path.includes('autocomplete')) {
    assert.ok(Array.isArray(body) && body.length > 0, path)
  } else if (path.startsWith('/api/v1/doctors')) {
    const { countTotal, totalResults, recommendationInfo } = DOCTORS_PAGE.parse(body)
    assert.ok(recommendationInfo.length > 0, path)
    if (!path.includes('searchQuery')) assert.equal(countTotal, totalResults)
  } else {
    assert.ok(CONNECTIONS_PAGE.parse(body).connections.length > 0, path)
  }
}

/** Changes a surname where it is kept, without a word to anybody. */
async function renameTrainee({ REVAL_MYSQL_URL = '' }: Installation['environment'], id: number, surname: string) {
  const { user, password } = servers.mysql
  const { hostname: host, port, pathname } = new URL(REVAL_MYSQL_URL)
  const mysql = await createConnection({ host, port: Number(port), user, password, database: pathname.slice(1) })
  try {
    await mysql.query('UPDATE ContactDetails SET surname = ? WHERE id = ?', [surname, id])
  } finally {
    await mysql.end()
  }
}

async function renameDoctor({ REVAL_MONGODB_URL = '' }: Installation['environment'], _id: string, surname: string) {
  const client = await MongoClient.connect(REVAL_MONGODB_URL)
  try {
    const doctors = client.db().collection<Document & { _id: string }>('doctorsForDB')
    await doctors.updateOne({ _id }, { $set: { doctorLastName: surname } })
  } finally {
    await client.close()
  }
}

/** Announces a change as the system does that made it. */
async function announce(environmentOf: Installation['environment'], route: Route, body: object): Promise<void> {
  const config = readConfig({ ...environment(), ...environmentOf })
  const broker = await (await backendsOf(config)).openBroker(config)
  assert.ok(broker !== null)
  try {
    await broker.publish(route, { body: encodeJson(body), attributes: {} })
  } finally {
    await broker.close()
  }
}

const LONGEST_CHANGE_MS = 120_000

describe('lists while the data moves', () => {
  const cleaning: (() => Promise<void>)[] = []
  let started: { readonly place: Installation; readonly gateway: string; readonly first: RunView } | null = null
  before(async () => {
    const place = await Installation.make({ after: (clean) => cleaning.push(clean) }, SETTINGS)
    await place.loadSample()
    const gateway = await startGateway(place)
    started = { place, gateway, first: await place.sync() }
  })
  after(async () => {
    for (const clean of cleaning.toReversed()) await clean()
  })
  const running = () => {
    assert.ok(started !== null)
    return started
  }

  const RENAMED = [
    {
      what: 'a doctor',
      lists: ['/api/v1/doctors', '/api/connection', '/api/connection/connected'],
      names: ['garcía', 'quistgård-ó'],
      change: (of: Installation['environment']) => renameDoctor(of, '1851431', 'QUISTGÅRD-Ó'),
      hint: {
        route: 'doctorChanged',
        body: { operationType: 'update', documentKey: { _id: '1851431' }, fullDocument: { _id: '1851431' } },
      },
    },
    {
      what: 'a trainee without a doctor',
      lists: ['/api/connection', '/api/connection/disconnected'],
      names: ['macdonald', "o'xylander"],
      change: (of: Installation['environment']) => renameTrainee(of, 2609, 'O’Xylander'),
      hint: { route: 'traineeChanged', body: { tcsPersonId: 2609 } },
    },
  ] as const
  for (const { what, lists, names, change, hint } of RENAMED) {
    test(`${what} is found by a new name once it is visible, and no longer by the old one`, async () => {
      const { place, gateway } = running()
      const totals = (name: string) =>
        Promise.all(lists.map((list) => totalOf(gateway, `${list}?searchQuery=${encodeURIComponent(name)}`)))
      const [before, none] = await Promise.all(names.map(totals))
      assert.deepEqual(
        none,
        lists.map(() => 0),
      )
      await change(place.environment)
      await announce(place.environment, hint.route, hint.body)
      const limit = AbortSignal.timeout(LONGEST_CHANGE_MS)
      while ((await totals(names[1])).includes(0)) limit.throwIfAborted()
      assert.deepEqual(
        await totals(names[1]),
        lists.map(() => 1),
      )
      assert.deepEqual(
        await totals(names[0]),
        before?.map((total) => total - 1),
      )
    })
  }

  test('while runs go live and one is rolled back, every answer is of one generation', async (t) => {
    const { place, gateway, first } = running()
    const folder = await mkdtemp(join(tmpdir(), 'reval-moving-'))
    t.after(() => rm(folder, { recursive: true }))
    const changed = join(folder, 'changed')
    await changeExports(SAMPLE, changed)
    const asking = [new Asking(gateway), new Asking(gateway)]
    const wholeRounds = () => Promise.all(asking.map((each) => each.wholeRound()))
    await wholeRounds()
    await place.reval('load', changed, '--force')
    const second = await place.sync()
    await wholeRounds()
    await place.reval('rollback', '--why', 'a test')
    await wholeRounds()
    // It takes the place of the one that was rolled back, which is dropped.
    const third = await place.sync()
    await wholeRounds()
    const seen = (await Promise.all(asking.map((each) => each.stop()))).flat()

    const runs = [first, second, third]
    const answers = Map.groupBy(seen, ({ path, run }) => `${path} of ${run}`)
    assert.equal(answers.size, PATHS.length * runs.length)
    for (const [what, each] of answers) assert.equal(new Set(each.map(({ digest }) => digest)).size, 1, what)
    for (const path of PATHS) {
      const [ofFirst, ofSecond, ofThird] = runs.map(({ id }) => answers.get(`${path} of ${id}`)?.[0]?.digest)
      assert.notEqual(ofFirst, ofSecond, path)
      assert.equal(ofSecond, ofThird, path)
    }
    for (const { id, day } of runs) {
      for (const each of seen.filter(({ run }) => run === id)) assert.equal(each.day, day)
    }
    const { history } = await place.reading(({ ledger }) => readInstallation(ledger))
    assert.deepEqual(
      [...new Set(seen.map(({ run, since }) => `${run} ${since}`))].toSorted(),
      history.map(({ at, to }) => `${to.run} ${new Date(at).toISOString()}`).toSorted(),
    )
  })
})

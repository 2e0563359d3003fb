import { Chance } from '../../faults/chance.ts'
import { PASSED, type Answer, type Fate, type SeenRequest } from '../index-store/engine-proxy.ts'

const BUSY: Answer = {
  status: 429,
  body: '{"error":{"type":"circuit_breaking_exception","reason":"too much"},"status":429}',
}
const AWAY = { status: 503, error: { type: 'unavailable_shards_exception', reason: 'primary shard is not active' } }

/** One action of a bulk: its kind, and its lines. */
interface Action {
  readonly kind: string
  readonly lines: readonly string[]
}

function actionsIn(body: string): Action[] {
  const lines = body.trimEnd().split('\n')
  const actions: Action[] = []
  for (let at = 0; at < lines.length;) {
    const [kind = ''] = Object.keys(JSON.parse(lines[at] ?? '') as object)
    const count = kind === 'delete' ? 1 : 2
    actions.push({ kind, lines: lines.slice(at, at + count) })
    at += count
  }
  return actions
}

const isBulk = ({ path }: SeenRequest) => /reval-generation-[^/]+\/_bulk\b/.test(path)

/** Every other bulk is answered 429 without the engine. */
export function everyOtherBulk(): (request: SeenRequest) => Fate {
  let bulks = 0
  return (request) => (isBulk(request) && (bulks += 1) % 2 === 1 ? { kind: 'answered', answer: BUSY } : PASSED)
}

/** Some items of a bulk are answered 503, and the engine is not given them; a single one is passed on. */
export function someItems(): (request: SeenRequest) => Fate {
  // Not the same ones each time: no row is refused for ever.
  const chance = new Chance(1)
  return (request) => {
    if (!isBulk(request)) return PASSED
    const actions = actionsIn(request.body)
    if (actions.length === 1) return PASSED
    const refused = new Set(actions.slice(1).filter(() => chance.happens(0.4)))
    const passed = actions.filter((action) => !refused.has(action))
    return {
      kind: 'replaced',
      body: passed.flatMap(({ lines }) => lines).join('\n') + '\n',
      change: ({ status, body }) => {
        const answered = ((JSON.parse(body) as { items?: object[] }).items ?? [])[Symbol.iterator]()
        const items = actions.map((action) => (refused.has(action) ? { [action.kind]: AWAY } : answered.next().value))
        return { status, body: status === 200 ? JSON.stringify({ items }) : body }
      },
    }
  }
}

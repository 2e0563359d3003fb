/** Called with every operation on a port, before and after: `ledger.save run live before`. */
export type Told = (moment: string) => void

/** Operations that stream rows: they return no promise and change nothing. */
const STREAMS: readonly unknown[] = ['documents', 'rows', 'tableRows', 'violations']

/** The port, with every operation reported and then carried out by the port itself. */
export function watched<Port extends object>(name: string, port: Port, told: Told): Port {
  return new Proxy(port, {
    get: (target, property) => {
      const member: unknown = Reflect.get(target, property)
      if (typeof member !== 'function' || typeof property !== 'string') return member
      if (STREAMS.includes(property)) return (...values: unknown[]): unknown => Reflect.apply(member, target, values)
      return async (...values: unknown[]): Promise<unknown> => {
        const moment = [`${name}.${property}`, ...subjectOf(property, values)].join(' ')
        told(`${moment} before`)
        const result: unknown = await Reflect.apply(member, target, values)
        told(`${moment} after`)
        return result
      }
    },
  })
}

/** What an operation is about, so that a moment does not depend on how many came before it. */
function subjectOf(property: string, values: readonly unknown[]): string[] {
  const [first, , third] = values
  switch (property) {
    case 'save':
      return [String(first), ...fieldOf(third, 'state'), ...fieldOf(third, 'stage')]
    case 'publish':
      return [String(first)]
    default:
      return []
  }
}

function fieldOf(value: unknown, name: string): string[] {
  const field: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  return typeof field === 'string' ? [field] : []
}

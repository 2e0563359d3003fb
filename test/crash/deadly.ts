/** Told of every operation on a port, before it is begun and after it was done: `ledger.save before`. */
export type Told = (moment: string) => void

/** The port, with every operation told of. What it does is done by the port itself. */
export function watched<Port extends object>(name: string, port: Port, told: Told): Port {
  return new Proxy(port, {
    get: (target, property) => {
      const member: unknown = Reflect.get(target, property)
      if (typeof member !== 'function' || typeof property !== 'string' || property === 'documents') return member
      return async (...values: unknown[]): Promise<unknown> => {
        told(`${name}.${property} before`)
        const result: unknown = await Reflect.apply(member, target, values)
        told(`${name}.${property} after`)
        return result
      }
    },
  })
}

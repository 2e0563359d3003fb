/** Replacements of some operations of a port: each gets the original, and may call it. */
export type Alterations<Port> = { readonly [Name in keyof Port]?: (own: Port[Name]) => Port[Name] }

/** The port with some of its operations altered: faults around a real backend, whose other operations are its own. */
export function altered<Port extends object>(port: Port, alterations: Alterations<Port>): Port {
  const replaced = new Map<PropertyKey, unknown>()
  // The compiler does not follow which alteration belongs to which operation through a loop.
  for (const [name, alter] of Object.entries(alterations) as [string, (own: unknown) => unknown][]) {
    replaced.set(name, alter(ownOf(port, name)))
  }
  return new Proxy(port, { get: (target, name) => replaced.get(name) ?? ownOf(target, name) })
}

/** A backend keeps private state: its operations only work on itself. */
function ownOf(target: object, name: PropertyKey): unknown {
  const member: unknown = Reflect.get(target, name)
  return typeof member === 'function' ? member.bind(target) : member
}

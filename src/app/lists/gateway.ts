import type { Asked, ListSource } from './list-source.ts'

/** Combines the lists of both services: recommendation serves doctors, connection all others. */
export function gatewayLists(recommendation: ListSource, connection: ListSource): ListSource {
  return {
    doctors: (asked) => recommendation.doctors(asked),
    suggestions: (asked) => recommendation.suggestions(asked),
    connections: (asked) => connection.connections(asked),
    csv: (asked: Asked) => (asked.list === 'doctors' ? recommendation : connection).csv(asked),
  }
}

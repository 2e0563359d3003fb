import type { Asked, ListSource } from './list-source.ts'

/** The lists of both services: doctors are recommendation's, all others connection's. */
export function gatewayLists(recommendation: ListSource, connection: ListSource): ListSource {
  return {
    doctors: (asked) => recommendation.doctors(asked),
    suggestions: (asked) => recommendation.suggestions(asked),
    connections: (asked) => connection.connections(asked),
    csv: (asked: Asked) => (asked.list === 'doctors' ? recommendation : connection).csv(asked),
  }
}

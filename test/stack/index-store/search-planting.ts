import type { PartsValues } from '../../../src/adapters/index-store/row-codec.ts'
import { OWN_SORT_KEYS } from '../../../src/adapters/index-store/opensearch/list-keys.ts'
import { documentText } from '../../../src/adapters/index-store/opensearch/row-document.ts'
import { withPart, type Plant, type PlantInTable } from '../../contract/index-store/planting.ts'

export const SEARCH_KEYS = {
  id: 'gmc-somewhere else',
  number: '7654321',
  visitor: true,
  withReason: true,
  discrepancy: true,
  ...Object.fromEntries(
    ['find.words', 'find.number', 'find.first', 'find.last', 'find.programme'].map((key) => [key, 'wrong']),
  ),
  ...Object.fromEntries(OWN_SORT_KEYS.map((column) => [`sort.${column}`, 'wrong'])),
}

type Source = Record<string, unknown>

interface Engine {
  readonly ask: (method: string, path: string, body?: object) => Promise<unknown>
  readonly searchPrefix: string
}

/** Changes rows in the index of a generation, as anybody who may write to the engine. */
export function plantIn({ ask, searchPrefix }: Engine): Plant {
  return async (generation, id, planted) => {
    const path = `/${searchPrefix}reval-generation-${generation}-1/_doc/${encodeURIComponent(id)}`
    const edit = async (change: (source: Source, reval: Source) => void) => {
      // Any document has a source, those of the store with `reval` in it.
      const { _source: source } = (await ask('GET', path)) as { _source: Source }
      const reval = source.reval as Source
      change(source, reval)
      await ask('PUT', path, source)
    }
    switch (planted.change) {
      case 'delete':
        await ask('DELETE', path)
        return
      case 'add':
        await ask('PUT', path, JSON.parse(documentText(planted.row)) as Source)
        return
      case 'field':
        return edit((source) => set(source, planted.field, planted.value))
      case 'key':
        return edit((_, reval) => {
          const [key = '', member] = planted.key.split('.')
          if (member === undefined) set(reval, key, planted.value)
          else set((reval[key] ??= {}) as Source, member, planted.value)
        })
      case 'part':
        return edit((_, reval) => {
          reval.parts = withPart(reval.parts as PartsValues, planted.part, planted.value)
        })
      case 'parts':
        return edit((_, reval) => {
          reval.parts = planted.value
        })
    }
  }
}

/** Changes the tables of a generation, as a Java service does that keeps the ids it finds. */
export function plantInTablesOf({ ask, searchPrefix }: Engine): PlantInTable {
  return async (generation, list, id, document) => {
    const path = `/${searchPrefix}reval-list-${list}-${generation}/_doc/${encodeURIComponent(id)}`
    if (document === null) await ask('DELETE', path)
    else await ask('PUT', path, document)
  }
}

/** Absent means null. */
function set(of: Source, name: string, value: unknown): void {
  // JSON omits undefined.
  of[name] = value ?? undefined
}

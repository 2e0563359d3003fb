/** The subset of YAML in compose.yaml: maps by indentation, lists, and one-line scalars. */
export type Node = string | readonly Node[] | { readonly [key: string]: Node }

interface Line {
  readonly number: number
  readonly indent: number
  readonly text: string
}

/** Throws with the line number for anything else: simplify the file, or extend this. */
export function readCompose(text: string): Node {
  const lines = text
    .split('\n')
    .map((raw, index) => ({ number: index + 1, indent: raw.length - raw.trimStart().length, text: raw.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'))
  return block([...lines], 0)
}

/** Removes the lines of one block from the front. */
function block(lines: Line[], indent: number): Node {
  return lines[0]?.text.startsWith('- ') === true ? listOf(lines, indent) : mapOf(lines, indent)
}

function listOf(lines: Line[], indent: number): Node {
  const items: Node[] = []
  for (let line = lines[0]; line !== undefined && line.indent === indent; line = lines[0]) {
    if (!line.text.startsWith('- ')) throw new Error(`line ${line.number}: expected a list item`)
    items.push(scalar(line.text.slice(2)))
    lines.shift()
  }
  return items
}

function mapOf(lines: Line[], indent: number): Node {
  const map: Record<string, Node> = {}
  for (let line = lines[0]; line !== undefined && line.indent >= indent; line = lines[0]) {
    const [, key, value = ''] = /^([\w.-]+):(?: (.*))?$/.exec(line.text) ?? []
    if (key === undefined || line.indent !== indent || key in map) {
      throw new Error(`line ${line.number}: expected a new key`)
    }
    lines.shift()
    const next = lines[0]
    map[key] =
      value !== '' ? scalar(value) : next !== undefined && next.indent > indent ? block(lines, next.indent) : ''
  }
  return map
}

function scalar(text: string): Node {
  const [, inner] = /^\[(.*)\]$/.exec(text) ?? []
  if (inner !== undefined) return inner.split(', ').map(scalar)
  return text.replace(/^'(.*)'$/, '$1')
}

/** The map at a path of keys; empty if there is none. */
export function mapAt(node: Node, ...path: readonly string[]): Readonly<Record<string, Node>> {
  const found = path.reduce<Node | undefined>((at, key) => (isMap(at) ? at[key] : undefined), node)
  return isMap(found) ? found : {}
}

/** A scalar; empty for anything else. */
export function textOf(node: Node | undefined): string {
  return typeof node === 'string' ? node : ''
}

/** The scalars in a list or map; empty if there are none. */
export function textsOf(node: Node | undefined): readonly string[] {
  if (node === undefined || typeof node === 'string') return []
  return Object.values(node).filter((each) => typeof each === 'string')
}

function isMap(node: Node | undefined): node is Readonly<Record<string, Node>> {
  return typeof node === 'object' && !Array.isArray(node)
}

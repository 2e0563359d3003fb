/** An element of a drawing, as text. Attribute values and text are escaped here and nowhere else. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...content: readonly string[]
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(plain(value))}"`)
  const opening = `<${name}${written.join('')}`
  return content.length === 0 ? `${opening}/>` : `${opening}>${content.join('')}</${name}>`
}

/** Text content. */
export function text(value: string): string {
  return escaped(value)
}

/** Coordinates to a tenth of a pixel. */
function plain(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : value
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(value: string): string {
  return value.replace(/[&<>"']/g, (each) => ENTITIES[each] ?? each)
}

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { RevalError } from '../../errors/reval-error.ts'

/** A file that pages load. */
export interface Asset {
  readonly type: string
  readonly body: Buffer
  readonly gzipped: Buffer
}

export interface Assets {
  /** Changes with any of the files, so that browsers may keep them indefinitely. */
  readonly version: string
  find(name: string): Asset | null
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Without those that show the NHS lozenge, a protected trade mark. */
const ICON = /^nhsuk-icon-(arrow|chevron|cross|minus|plus|search|tick|user)[a-z-]*\.svg$/

const OWN = join(import.meta.dirname, '../static')

/** The folder of the design system's files: templates, style sheet, script and icons. */
export const DESIGN_SYSTEM = join(
  dirname(createRequire(import.meta.url).resolve('nhsuk-frontend/package.json')),
  'dist',
)

/**
 * Reads all files once. The style sheet of the design system loads the font Frutiger from another host, which only NHS organisations may
 * use; it is changed to Arial, as the service manual advises, so that no request leaves the installation. Throws CONSOLE_ASSETS if the
 * style sheet is not as expected.
 */
export function readAssets(): Assets {
  const files = new Map<string, Buffer>()
  const css = readFileSync(join(DESIGN_SYSTEM, 'nhsuk/nhsuk-frontend.min.css'), 'utf8')
  files.set('nhsuk-frontend.min.css', Buffer.from(localStyles(css)))
  files.set('nhsuk-frontend.min.js', withoutSourceMap(readFileSync(join(DESIGN_SYSTEM, 'nhsuk/nhsuk-frontend.min.js'))))
  const images = join(DESIGN_SYSTEM, 'nhsuk/assets/images')
  for (const name of readdirSync(images)) if (ICON.test(name)) files.set(name, readFileSync(join(images, name)))
  for (const name of readdirSync(OWN)) files.set(name, readFileSync(join(OWN, name)))

  const hash = createHash('sha256')
  const assets = new Map<string, Asset>()
  for (const [name, body] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const type = TYPES[extname(name)]
    if (type === undefined) continue
    hash.update(name).update(body)
    assets.set(name, { type, body, gzipped: gzipSync(body, { level: 9 }) })
  }
  return { version: hash.digest('base64url').slice(0, 12), find: (name) => assets.get(name) ?? null }
}

/** The style sheet with Arial, and with icons beside it. Exported for the tests. */
export function localStyles(css: string): string {
  return [
    { what: 'font faces', pattern: /@font-face\{[^}]*\}/g, by: '' },
    { what: 'font families', pattern: /Frutiger W01,\s*arial,sans-serif/g, by: 'arial,sans-serif' },
    { what: 'icons', pattern: /url\(\/assets\/images\//g, by: 'url(' },
    { what: 'a source map', pattern: /\/\*# sourceMappingURL=[^*]*\*\//g, by: '' },
  ].reduce((styles, { what, pattern, by }) => {
    const changed = styles.replace(pattern, by)
    if (changed === styles) throw new RevalError('CONSOLE_ASSETS', `the style sheet of nhsuk-frontend has no ${what}`)
    return changed
  }, css)
}

function withoutSourceMap(script: Buffer): Buffer {
  return Buffer.from(script.toString('utf8').replace(/\/\/# sourceMappingURL=.*\s*$/, ''))
}

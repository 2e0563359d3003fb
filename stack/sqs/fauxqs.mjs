// Runs fauxqs on 127.0.0.1 alone: its own command listens on every address. Arguments: the folder of its node_modules, port,
// region.
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

const [folder, port, region] = process.argv.slice(2)
const { buildApp } = await import(pathToFileURL(join(folder, 'node_modules/fauxqs/dist/app.js')))
const app = buildApp({ logger: false, defaultRegion: region })
await app.listen({ port: Number(port), host: '127.0.0.1' })
process.once('SIGTERM', () => void app.close())

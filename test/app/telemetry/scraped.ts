import assert from 'node:assert/strict'

/** A sample of the text format of Prometheus. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const LINE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g

/** The samples of a scrape. Fails at a line that is neither a comment nor a sample. */
export function samplesIn(text: string): readonly Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? assert.fail(`not a sample: ${line}`)
      return {
        name,
        labels: Object.fromEntries([...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [label, text])),
        value: Number(value),
      }
    })
}

/** The samples of `/metrics` of a server. */
export async function scrape(address: string): Promise<{ readonly text: string; readonly samples: readonly Sample[] }> {
  const response = await fetch(`${address}/metrics`, { signal: AbortSignal.timeout(20_000) })
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  const text = await response.text()
  return { text, samples: samplesIn(text) }
}

/** The value of the one sample with this name and these labels, among others; undefined if there is none. */
export function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )
  assert.ok(found.length <= 1, `${found.length} samples of ${name} ${JSON.stringify(labels)}`)
  return found[0]?.value
}

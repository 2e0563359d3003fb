import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The files of an export, and where a line of each has the key of its rows. */
const FILES = {
  'tcs/ContactDetails.csv': 0,
  'tcs/GmcDetails.csv': 0,
  'tcs/Person.csv': 0,
  'tcs/ProgrammeMembership.csv': 1,
  'tcs/CurriculumMembership.csv': 2,
  'gmc/doctorsForDB.jsonl': '_id',
  'gmc/recommendation.jsonl': 'gmcNumber',
  'connection/exceptionLogs.jsonl': '_id',
} as const
type File = keyof typeof FILES

const cells = (line: string): string[] => line.split(',')
const document = (line: string) => JSON.parse(line) as Record<string, unknown>

/** The key of the person or doctor that a line is about. */
function keyIn(file: File, line: string): string {
  const place = FILES[file]
  return typeof place === 'number' ? (cells(line)[place] ?? '') : String(document(line)[place])
}

async function linesOf(folder: string, file: File): Promise<string[]> {
  return (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n')
}

/** Changes each so-manieth line of a file, without its header; null removes it. */
async function change(folder: string, file: File, every: number, to: (line: string) => string | null): Promise<void> {
  const lines = await linesOf(folder, file)
  const isHeader = (at: number) => file.endsWith('.csv') && at === 0
  const changed = lines.flatMap((line, at) => (isHeader(at) || at % every !== 0 ? line : (to(line) ?? [])))
  await writeFile(join(folder, file), `${changed.join('\n')}\n`)
}

async function append(folder: string, file: File, ...lines: readonly string[]): Promise<void> {
  await writeFile(join(folder, file), `${[...(await linesOf(folder, file)), ...lines].join('\n')}\n`)
}

const withCell = (at: number, value: string) => (line: string) => cells(line).with(at, value).join(',')
const withField = (name: string, value: unknown) => (line: string) =>
  JSON.stringify({ ...document(line), [name]: value })

/** A copy of exports in which persons, doctors, recommendations and reasons were changed, added and removed. */
export async function changeExports(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true })
  const doctors = await linesOf(to, 'gmc/doctorsForDB.jsonl')
  const numbers = doctors.map((line) => String(document(line)._id)).filter((number) => /^\d{7}$/.test(number))
  let next = 0
  const another = () => numbers[(next += 7) % numbers.length] ?? ''

  await change(to, 'tcs/ContactDetails.csv', 10, withCell(1, 'Renamed'))
  // Corrected numbers: of another doctor, which may have a trainee, none, or text.
  await change(to, 'tcs/GmcDetails.csv', 9, (line) => withCell(1, another())(line))
  await change(to, 'tcs/GmcDetails.csv', 31, withCell(1, ''))
  await change(to, 'tcs/GmcDetails.csv', 37, withCell(1, 'UNKNOWN'))
  await change(to, 'tcs/ProgrammeMembership.csv', 12, withCell(2, '1'))
  await change(to, 'tcs/ProgrammeMembership.csv', 15, withCell(5, '2024-01-31'))
  await change(to, 'tcs/CurriculumMembership.csv', 13, withCell(5, '2031-01-31'))
  for (const file of Object.keys(FILES) as File[]) {
    if (!file.startsWith('tcs/')) continue
    // A person is removed from every table.
    await change(to, file, 1, (line) => (Number(keyIn(file, line)) % 41 === 0 ? null : line))
  }
  await change(to, 'tcs/ProgrammeMembership.csv', 22, withCell(3, 'VISITOR'))
  await append(to, 'tcs/ContactDetails.csv', '900001,New,One', '900002,New,Two')
  await append(to, 'tcs/GmcDetails.csv', `900001,${another()}`, '900002,9999999')
  await change(to, 'gmc/doctorsForDB.jsonl', 43, () => null)
  await change(to, 'gmc/doctorsForDB.jsonl', 11, withField('designatedBodyCode', null))
  await change(to, 'gmc/doctorsForDB.jsonl', 12, withField('designatedBodyCode', '1-1RSSQ1B'))
  const [first = '{}'] = doctors
  // New ones: with and without a trainee, with spaces around the number, with text in its place.
  const added = ['9999999', '9999998', ' 9999997', 'TEXT-1', 'TEXT-2 ']
  await append(to, 'gmc/doctorsForDB.jsonl', ...added.map((id) => withField('_id', id)(first)))
  await change(to, 'gmc/recommendation.jsonl', 17, () => null)
  await change(to, 'gmc/recommendation.jsonl', 19, withField('outcome', 'APPROVED'))
  await change(to, 'connection/exceptionLogs.jsonl', 3, withField('errorMessage', 'another reason'))
  await change(to, 'connection/exceptionLogs.jsonl', 5, () => null)
  await append(to, 'connection/exceptionLogs.jsonl', '{"_id": "9999999", "errorMessage": "a new reason"}')
}

/** The keys whose lines differ between two exports. */
export async function differingKeys(one: string, other: string): Promise<readonly string[]> {
  const keys = new Set<string>()
  for (const file of Object.keys(FILES) as File[]) {
    const [a, b] = [new Set(await linesOf(one, file)), new Set(await linesOf(other, file))]
    for (const line of a) if (!b.has(line)) keys.add(keyIn(file, line))
    for (const line of b) if (!a.has(line)) keys.add(keyIn(file, line))
  }
  return [...keys]
}

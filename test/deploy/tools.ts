import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { installPackages } from '../python-packages.ts'

export const ROOT = join(import.meta.dirname, '../..')

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs one of the programs of requirements.txt, which need no network once they are installed. */
async function tool(name: string, args: readonly string[], input = ''): Promise<Ended> {
  const programs = await installPackages(join(import.meta.dirname, 'requirements.txt'))
  return new Promise((resolve, reject) => {
    const child = spawn(join(programs, name), args, { cwd: ROOT })
    const said = { out: '', err: '' }
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...said }))
    child.stdin.end(input)
  })
}

async function outputOf(name: string, args: readonly string[], input = ''): Promise<string> {
  const { code, out, err } = await tool(name, args, input)
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${err}${out}`)
  return out
}

const script = (name: string) => join(import.meta.dirname, name)

/** What kubectl would apply: the YAML of all objects of a kustomization. */
export function render(folder: string): Promise<string> {
  return outputOf('kubectl', ['kustomize', folder])
}

export async function objectsOf(yaml: string): Promise<readonly unknown[]> {
  return z.array(z.unknown()).parse(JSON.parse(await outputOf('python3', [script('yaml_as_json.py')], yaml)))
}

/** What the schemas of a version of Kubernetes say against objects, without fields that they do not know; empty if nothing. */
export async function schemaFaults(yaml: string, version: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reval-deploy-'))
  try {
    const file = join(folder, 'objects.yaml')
    await writeFile(file, yaml)
    const args = ['--strict', '--quiet', '--kubernetes-version', version, file]
    const { code, out, err } = await tool('kubernetes-validate', args)
    return code === 0 ? '' : out + err
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What Amazon ECS would refuse in a task definition. */
export async function taskDefinitionFaults(definition: unknown): Promise<readonly string[]> {
  const out = await outputOf('python3', [script('task_definition_faults.py')], JSON.stringify(definition))
  return z.array(z.string()).parse(JSON.parse(out))
}

/** What yamllint says against files, such as a key given twice; empty if nothing. */
export async function yamlFaults(...files: readonly string[]): Promise<string> {
  const rules = '{extends: relaxed, rules: {line-length: disable}}'
  const { code, out, err } = await tool('yamllint', ['--strict', '--config-data', rules, ...files])
  return code === 0 ? '' : out + err
}

import * as z from 'zod'
import type { DeployedService } from './rules.ts'

const TEXTS = z.record(z.string(), z.string())
const SELECTOR = z.object({
  matchLabels: TEXTS.default({}),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.literal('In'), values: z.array(z.string()) }))
    .default([]),
})
const PROBE = z.object({ httpGet: z.object({ path: z.string(), port: z.union([z.string(), z.number()]) }) })
const CONTAINER = z.object({
  args: z.array(z.string()),
  env: z.array(
    z.object({
      name: z.string(),
      value: z.string().optional(),
      valueFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) }).optional(),
    }),
  ),
  envFrom: z.array(z.object({ configMapRef: z.object({ name: z.string() }) })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  startupProbe: PROBE,
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  resources: z.object({ requests: TEXTS, limits: TEXTS }),
  securityContext: z.object({
    allowPrivilegeEscalation: z.boolean().default(true),
    readOnlyRootFilesystem: z.boolean().default(false),
    capabilities: z.object({ drop: z.array(z.string()) }).default({ drop: [] }),
  }),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
})
const DEPLOYMENT = z.object({
  kind: z.literal('Deployment'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    replicas: z.number(),
    selector: SELECTOR,
    template: z.object({
      metadata: z.object({ labels: TEXTS, annotations: TEXTS.default({}) }),
      spec: z.object({
        automountServiceAccountToken: z.boolean().default(true),
        enableServiceLinks: z.boolean().default(true),
        terminationGracePeriodSeconds: z.number().default(30),
        securityContext: z.object({ runAsNonRoot: z.boolean().default(false), runAsUser: z.number().optional() }),
        containers: z.tuple([CONTAINER]),
        volumes: z
          .array(z.object({ name: z.string(), emptyDir: z.object({ medium: z.string().default('') }).optional() }))
          .default([]),
      }),
    }),
  }),
})
const NAMED = { metadata: z.object({ name: z.string() }) }
const CONFIG_MAP = z.object({ kind: z.literal('ConfigMap'), ...NAMED, data: TEXTS.default({}) })
const SERVICE = z.object({
  kind: z.literal('Service'),
  ...NAMED,
  spec: z.object({ selector: TEXTS, ports: z.array(z.object({ targetPort: z.string() })) }),
})
const BUDGET = z.object({ kind: z.literal('PodDisruptionBudget'), ...NAMED, spec: z.object({ selector: SELECTOR }) })
const POLICY = z.object({
  kind: z.literal('NetworkPolicy'),
  ...NAMED,
  spec: z.object({
    podSelector: SELECTOR,
    policyTypes: z.array(z.enum(['Ingress', 'Egress'])),
    egress: z
      .array(z.object({ to: z.unknown().optional(), ports: z.array(z.object({ port: z.number() })) }))
      .default([]),
    ingress: z.array(z.object({ ports: z.array(z.object({ port: z.number() })) })).default([]),
  }),
})

type Deployment = z.infer<typeof DEPLOYMENT>
type Selector = z.infer<typeof SELECTOR>

/** The objects of a kustomization that have rules of ours. */
export interface Objects {
  readonly kinds: readonly string[]
  readonly deployments: readonly Deployment[]
  readonly configMaps: readonly z.infer<typeof CONFIG_MAP>[]
  readonly services: readonly z.infer<typeof SERVICE>[]
  readonly budgets: readonly z.infer<typeof BUDGET>[]
  readonly policies: readonly z.infer<typeof POLICY>[]
}

export function readObjects(objects: readonly unknown[]): Objects {
  const kinds = objects.map((each) => z.object({ kind: z.string() }).parse(each).kind)
  const all = <T>(kind: string, schema: z.ZodType<T>) =>
    objects.filter((_, index) => kinds[index] === kind).map((each) => schema.parse(each))
  return {
    kinds,
    deployments: all('Deployment', DEPLOYMENT),
    configMaps: all('ConfigMap', CONFIG_MAP),
    services: all('Service', SERVICE),
    budgets: all('PodDisruptionBudget', BUDGET),
    policies: all('NetworkPolicy', POLICY),
  }
}

export function selects({ matchLabels, matchExpressions }: Selector, labels: Readonly<Record<string, string>>) {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
  )
}

/** What the container of a deployment has. */
export function deployedService({ configMaps }: Objects, { spec }: Deployment): DeployedService {
  const pod = spec.template.spec
  const [container] = pod.containers
  const portOf = (port: string | number) =>
    typeof port === 'number' ? port : (container.ports.find(({ name }) => name === port)?.containerPort ?? 0)
  const fromMaps = container.envFrom.map(
    ({ configMapRef }) => configMaps.find(({ metadata }) => metadata.name === configMapRef.name)?.data ?? {},
  )
  const plain = container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))
  const secret = container.env.flatMap(({ name, valueFrom }) =>
    valueFrom === undefined ? [] : [[name, `${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`]],
  )
  const disks = pod.volumes.flatMap(({ name, emptyDir }) => (emptyDir?.medium === '' ? [name] : []))
  const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe]
  const { runAsNonRoot, runAsUser } = pod.securityContext
  const { readOnlyRootFilesystem, capabilities } = container.securityContext
  return {
    args: container.args,
    environment: Object.assign({}, ...fromMaps, Object.fromEntries(plain)) as Record<string, string>,
    secrets: Object.fromEntries(secret) as Record<string, string>,
    ports: container.ports.map(({ containerPort }) => containerPort),
    probes: probes.map(({ httpGet }) => ({ path: httpGet.path, port: portOf(httpGet.port) })),
    user: runAsNonRoot ? (runAsUser ?? null) : null,
    isRootReadOnly: readOnlyRootFilesystem,
    droppedCapabilities: capabilities.drop,
    writable: container.volumeMounts.filter(({ name }) => disks.includes(name)).map(({ mountPath }) => mountPath),
    stopSeconds: pod.terminationGracePeriodSeconds,
    memoryMiB: Number(/^(\d+)Mi$/.exec(container.resources.limits.memory ?? '')?.[1] ?? 0),
  }
}

/** What is wrong with objects, beyond the schemas; empty if nothing. */
export function faultsAmong(objects: Objects): readonly string[] {
  const faults: string[] = objects.kinds
    .filter((kind) => kind === 'Secret')
    .map(() => 'there is a secret in the manifests')
  const replicas = objects.deployments.map(({ metadata, spec }) => `${metadata.name} ${spec.replicas}`).toSorted()
  const meant = ['reval-connection 1', 'reval-integration 2', 'reval-recommendation 1', 'reval-tcs 1']
  if (replicas.join() !== meant.join()) faults.push(`there are the deployments ${replicas.join()}`)
  for (const deployment of objects.deployments) {
    faults.push(...podFaults(objects, deployment).map((fault) => `${deployment.metadata.name} ${fault}`))
  }
  const selectors = [
    ...objects.services.map(({ metadata, spec }) => ({
      metadata,
      selector: SELECTOR.parse({ matchLabels: spec.selector }),
    })),
    ...objects.budgets.map(({ metadata, spec }) => ({ metadata, selector: spec.selector })),
    ...objects.policies.map(({ metadata, spec }) => ({ metadata, selector: spec.podSelector })),
  ]
  for (const { metadata, selector } of selectors) {
    const found = objects.deployments.filter(({ spec }) => selects(selector, spec.template.metadata.labels))
    if (found.length === 0) faults.push(`${metadata.name} selects no pods`)
    if (selects(selector, {})) faults.push(`${metadata.name} selects pods that are not ours`)
  }
  return faults
}

function podFaults(objects: Objects, deployment: Deployment): readonly string[] {
  const { selector, template } = deployment.spec
  const { labels, annotations } = template.metadata
  const pod = template.spec
  const [container] = pod.containers
  const faults: string[] = []
  if (!selects(selector, labels)) faults.push('does not select its own pods')
  if (pod.automountServiceAccountToken) faults.push('has the token of its service account')
  if (pod.enableServiceLinks) faults.push('gets variables of Services')
  if (container.securityContext.allowPrivilegeEscalation) faults.push('may gain privileges')
  if (!('cpu' in container.resources.requests && 'memory' in container.resources.requests)) {
    faults.push('requests no processor time or memory')
  }
  if ('cpu' in container.resources.limits) faults.push('has its processor time limited')
  const deployed = deployedService(objects, deployment)
  const [port = 0] = deployed.ports
  const scraped = ['prometheus.io/scrape', 'prometheus.io/port', 'prometheus.io/path'].map((name) => annotations[name])
  if (scraped.join() !== `true,${port},/metrics`) faults.push(`is scraped at ${scraped.join()}`)
  const policies = objects.policies.filter(({ spec }) => selects(spec.podSelector, labels))
  for (const direction of ['Ingress', 'Egress'] as const) {
    const isDenied = policies.some(
      ({ spec }) =>
        spec.policyTypes.includes(direction) &&
        spec[direction === 'Ingress' ? 'ingress' : 'egress'].every(({ ports }) =>
          ports.every(({ port: each }) => each === 53),
        ),
    )
    if (!isDenied) faults.push(`has no default for ${direction}`)
  }
  const outward = new Set(
    policies.flatMap(({ spec }) => spec.egress).flatMap(({ ports }) => ports.map((each) => each.port)),
  )
  const inward = policies.flatMap(({ spec }) => spec.ingress).flatMap(({ ports }) => ports.map((each) => each.port))
  if (!inward.includes(port)) faults.push(`refuses requests to port ${port}`)
  for (const address of addressesOf(deployed)) {
    if (!outward.has(address)) faults.push(`may not connect to port ${address}`)
  }
  return faults
}

/** The ports of the servers in the settings of a service. */
function addressesOf({ environment }: DeployedService): readonly number[] {
  const urls = Object.values(environment).filter((value) => URL.canParse(value) && value.includes('://'))
  return urls.map((text) => {
    const { port, protocol } = new URL(text)
    return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
  })
}

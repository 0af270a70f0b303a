import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Does in place of firebase-tools, which are large and not always there, what they were seen to do: they read the functions with
 * firebase-functions, and make functions, queues, schedules, rules and indexes. It takes the same words, and nothing else.
 */
const root = fileURLToPath(new URL('../../..', import.meta.url))
const REGION = 'us-central1'

interface Endpoint {
  readonly entryPoint: string
  readonly serviceAccountEmail: string
  readonly secretEnvironmentVariables?: readonly { readonly key: string }[]
  readonly httpsTrigger?: { readonly invoker?: readonly string[] }
  readonly taskQueueTrigger?: object
  readonly scheduleTrigger?: { readonly schedule: string; readonly timeZone?: string }
}

const option = (name: string): string => process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? ''

const project = option('project')

/** Null for what does not exist. */
async function google(method: string, url: string, body?: object): Promise<Record<string, unknown> | null> {
  const response = await fetch(`https://${url}`, {
    method,
    headers: { authorization: 'Bearer recorded', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (response.status === 404) return null
  const answer = (await response.json()) as Record<string, unknown>
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${JSON.stringify(answer)}`)
  return answer
}

/** Makes a thing that is not there. Changes nothing about one that is. */
async function ensure(url: string, collection: string, body: object): Promise<void> {
  if ((await google('GET', url)) === null) await google('POST', collection, body)
}

async function deployRules(): Promise<void> {
  const api = `firebaserules.googleapis.com/v1/projects/${project}`
  const files = [{ name: 'firestore.rules', content: readFileSync(join(root, 'firestore.rules'), 'utf8') }]
  const ruleset = await google('POST', `${api}/rulesets`, { source: { files } })
  const release = { name: `projects/${project}/releases/cloud.firestore`, rulesetName: ruleset?.['name'] }
  if ((await google('PATCH', `${api}/releases/cloud.firestore`, { release })) === null) {
    await google('POST', `${api}/releases`, release)
  }
}

interface IndexFile {
  readonly indexes: readonly {
    readonly collectionGroup: string
    readonly queryScope: string
    readonly fields: readonly object[]
  }[]
  readonly fieldOverrides: readonly {
    readonly collectionGroup: string
    readonly fieldPath: string
    readonly ttl?: boolean
    readonly indexes: readonly object[]
  }[]
}

/** Google adds the document's name as the last field. */
interface PresentIndex {
  readonly name: string
  readonly fields: readonly object[]
}

async function deployIndexes(): Promise<void> {
  const groups = `firestore.googleapis.com/v1/projects/${project}/databases/(default)/collectionGroups`
  const { indexes, fieldOverrides } = JSON.parse(readFileSync(join(root, 'firestore.indexes.json'), 'utf8')) as IndexFile
  const present = (await google('GET', `${groups}/-/indexes`))?.['indexes'] as readonly PresentIndex[] | undefined
  const known = new Set(present?.map(({ name, fields }) => `${name.split('/').at(-3)} ${JSON.stringify(fields.slice(0, -1))}`))
  for (const { collectionGroup, queryScope, fields } of indexes) {
    if (known.has(`${collectionGroup} ${JSON.stringify(fields)}`)) continue
    await google('POST', `${groups}/${collectionGroup}/indexes`, { queryScope, fields })
  }
  for (const { collectionGroup, fieldPath, indexes, ttl } of fieldOverrides) {
    const config = { indexConfig: { indexes }, ...(ttl ? { ttlConfig: {} } : {}) }
    await google('PATCH', `${groups}/${collectionGroup}/fields/${fieldPath}`, config)
  }
}

/** Reads the functions as firebase-tools do: by the library that they are written with. */
function discover(): Record<string, Endpoint> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-discovery-'))
  const manifest = join(folder, 'manifest.json')
  const library = join(root, 'node_modules/firebase-functions/lib/bin/firebase-functions.js')
  const env = { ...process.env, GCLOUD_PROJECT: project, FUNCTIONS_MANIFEST_OUTPUT_PATH: manifest }
  try {
    const { status, stderr } = spawnSync(process.execPath, [library], { cwd: join(root, 'infra/build/functions'), env })
    if (status !== 0) throw new Error(`The functions could not be read: ${stderr.toString()}`)
    const text = readFileSync(manifest, 'utf8').replaceAll('{{ params.PROJECT_ID }}', project)
    return (JSON.parse(text) as { endpoints: Record<string, Endpoint> }).endpoints
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What firebase-tools find in the file of variables of a project. */
function variables(): Record<string, string> {
  const lines = readFileSync(resolve(root, process.env['HOLDFAST_FILES'] ?? 'infra/build', `variables/.env.${project}`), 'utf8')
    .trim()
    .split('\n')
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), JSON.parse(line.slice(line.indexOf('=') + 1)) as string]),
  )
}

/** Functions that have not changed are skipped, with what belongs to them. */
async function deployFunctions(): Promise<void> {
  const environmentVariables = variables()
  const changed: [string, Endpoint][] = []
  for (const [name, endpoint] of Object.entries(discover())) {
    if (await deployFunction(name, endpoint, environmentVariables)) changed.push([name, endpoint])
  }
  for (const [name, endpoint] of changed) {
    if (endpoint.httpsTrigger) await invoker(name, 'allUsers')
    if (endpoint.taskQueueTrigger) await deployQueue(name, endpoint.taskQueueTrigger)
    if (endpoint.scheduleTrigger) await deploySchedule(name, endpoint)
  }
}

/** The version of a secret that a function gets: it keeps it until it is deployed again. */
async function newestVersion(secret: string): Promise<string> {
  const { versions = [] } = (await google(
    'GET',
    `secretmanager.googleapis.com/v1/projects/${project}/secrets/${secret}/versions`,
  )) as {
    versions?: readonly { readonly name: string; readonly state: string }[]
  }
  const enabled = versions.filter(({ state }) => state === 'ENABLED').map(({ name }) => Number(name.split('/').at(-1)))
  return String(Math.max(...enabled))
}

/** Returns whether the function was not there, or was another one. */
async function deployFunction(name: string, endpoint: Endpoint, environmentVariables: object): Promise<boolean> {
  const functions = `cloudfunctions.googleapis.com/v2/projects/${project}/locations/${REGION}/functions`
  const named = endpoint.secretEnvironmentVariables ?? []
  const secrets = await Promise.all(
    named.map(async ({ key }) => ({ key, secret: key, version: await newestVersion(key), projectId: project })),
  )
  const { serviceAccountEmail, entryPoint } = endpoint
  const hash = createHash('sha1')
    .update(JSON.stringify([endpoint, environmentVariables, secrets]))
    .digest('hex')
  const wanted = {
    buildConfig: { runtime: 'nodejs24', entryPoint },
    serviceConfig: { serviceAccountEmail, environmentVariables, secretEnvironmentVariables: secrets },
    labels: { 'firebase-functions-codebase': 'holdfast', 'firebase-functions-hash': hash },
  }
  const present = await google('GET', `${functions}/${name}`)
  if ((present?.['labels'] as Record<string, string> | undefined)?.['firebase-functions-hash'] === hash) return false
  if (present === null) await google('POST', `${functions}?functionId=${name}`, wanted)
  else await google('PATCH', `${functions}/${name}`, wanted)
  return true
}

async function invoker(name: string, member: string): Promise<void> {
  const service = `run.googleapis.com/v2/projects/${project}/locations/${REGION}/services/${name}`
  const policy = await google('GET', `${service}:getIamPolicy`)
  if (JSON.stringify(policy).includes(member)) return
  await google('POST', `${service}:setIamPolicy`, { policy: { bindings: [{ role: 'roles/run.invoker', members: [member] }] } })
}

async function deployQueue(name: string, trigger: object): Promise<void> {
  const queues = `cloudtasks.googleapis.com/v2/projects/${project}/locations/${REGION}/queues`
  const queue = { name: `projects/${project}/locations/${REGION}/queues/${name}`, ...trigger }
  await ensure(`${queues}/${name}`, queues, queue)
}

async function deploySchedule(name: string, { scheduleTrigger, serviceAccountEmail }: Endpoint): Promise<void> {
  await invoker(name, `serviceAccount:${serviceAccountEmail}`)
  const path = `projects/${project}/locations/${REGION}/jobs`
  const jobs = `cloudscheduler.googleapis.com/v1/${path}`
  const id = `firebase-schedule-${name}-${REGION}`
  await ensure(`${jobs}/${id}`, jobs, {
    name: `${path}/${id}`,
    ...scheduleTrigger,
    httpTarget: { oidcToken: { serviceAccountEmail } },
  })
}

async function addFirebase(name: string): Promise<void> {
  await google('POST', `firebase.googleapis.com/v1beta1/projects/${name}:addFirebase`, {})
  process.stdout.write(`${name} is a Firebase project.\n`)
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  'firestore:rules': deployRules,
  'firestore:indexes': deployIndexes,
  functions: deployFunctions,
}

const [, , verb, named] = process.argv
const part = PARTS[option('only')]
if (verb === 'login') process.stdout.write('Something stands in for firebase-tools here, which needs no login.\n')
else if (verb === 'projects:addfirebase' && named !== undefined) await addFirebase(named)
else if (verb === 'deploy' && part && project !== '') await part()
else throw new Error('Not a command of firebase-tools that is known here.')

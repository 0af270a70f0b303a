import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientOf, startServer, type StorageServer } from '../../../sandbox/google/storage/under-test.ts'
import { readIdentityToken } from '../../../sandbox/google/identity-token.ts'
import { Receiver, TasksServer } from '../../../sandbox/google/tasks/under-test.ts'
import { findProgram } from '../../support/find-program.ts'
import { type RunningEmulator, startEmulator } from '../../support/firestore-emulator.ts'
import { type Fields, PROJECT, REGION } from '../../support/google-recorder/world.ts'
import { DeployedWorld } from './deployed-world.ts'

// The verification of a real project, on everything that stands in for one: Firestore's emulator, the sandbox's Cloud Storage and
// Cloud Tasks, and the recorder for the rest, with the real gcloud. What it lacks is what only Google has: indexes, and time.

const RUN = 'a1b2c3'
const LOCATION = `projects/${PROJECT}/locations/${REGION}`

const isPossible = findProgram('gcloud') !== null && findProgram('openssl') !== null

let folder: string
let emulator: RunningEmulator
let storage: StorageServer
let tasks: TasksServer
let receiver: Receiver
let world: DeployedWorld

beforeAll(async () => {
  if (!isPossible) return
  folder = mkdtempSync(join(tmpdir(), 'holdfast-verify-'))
  ;[emulator, storage, tasks, receiver] = await Promise.all([
    startEmulator(),
    startServer(join(folder, 'storage')),
    TasksServer.start(),
    Receiver.start(),
  ])
  await tasks.client.createQueue({ parent: LOCATION, queue: { name: `${LOCATION}/queues/retries` } })
  await clientOf(storage.url).createBucket(`${PROJECT}-holdfast-verify-${RUN}`, { versioning: { enabled: true } })
  world = await DeployedWorld.open({
    gcloud: findProgram('gcloud') ?? '',
    variables: {
      FIRESTORE_EMULATOR_HOST: emulator.address,
      STORAGE_EMULATOR_HOST: storage.url,
      CLOUD_TASKS_EMULATOR_HOST: tasks.address,
      FUNCTIONS_URL: receiver.url,
    },
  })
  seed(world.recorder.world.things)
  for (const name of [
    'firestore',
    'cloudtasks',
    'cloudscheduler',
    'secretmanager',
    'run',
    'iam',
    'artifactregistry',
    'cloudfunctions',
  ])
    world.recorder.world.enabled.add(`${name}.googleapis.com`)
  // The function refuses strangers, and says in its log that it was called.
  receiver.answer = ({ headers, body }) => {
    if (emailIn(headers.authorization) !== INVOKER) return 403
    const { job } = (JSON.parse(body) as { data: { job: string } }).data
    world.recorder.world.things.set('answer:log', { entries: [{ timestamp: new Date().toISOString(), jsonPayload: { job } }] })
    return 200
  }
}, 180_000)

afterAll(async () => {
  await Promise.all([world?.close(), emulator?.[Symbol.asyncDispose](), storage?.kill('SIGTERM'), tasks?.remove()])
  receiver?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const INVOKER = `holdfast-invoker@${PROJECT}.iam.gserviceaccount.com`

/** Whom a token of the sandbox names. */
const emailIn = (authorization: string | undefined): unknown => readIdentityToken(authorization)?.email

/** What a deployment has made, as far as it is looked at. */
function seed(things: Map<string, Fields>): void {
  const email = (account: string) => `holdfast-${account}@${PROJECT}.iam.gserviceaccount.com`
  const members = (...accounts: string[]) => accounts.map((account) => `serviceAccount:${email(account)}`)
  const bucket = `storage.googleapis.com/b/${PROJECT}-holdfast-sessions`
  const role = `projects/${PROJECT}/roles/holdfastCheckpoints`
  const secrets = `secretmanager.googleapis.com/v1/projects/${PROJECT}/secrets`
  const all = ['runner', 'api', 'tasks', 'sweeper', 'maintainer', 'cleaner', 'alerts', 'webhooks', 'invoker', 'build']
  for (const account of all)
    things.set(`iam.googleapis.com/v1/projects/${PROJECT}/serviceAccounts/${email(account)}`, { email: email(account) })
  things.set(`iam.googleapis.com/v1/${role}`, {
    includedPermissions: ['create', 'get', 'list'].map((verb) => `storage.objects.${verb}`),
  })
  things.set(bucket, { name: `${PROJECT}-holdfast-sessions` })
  things.set(`${bucket}#policy`, { bindings: [{ role, members: members('runner', 'api', 'maintainer') }] })
  for (const [name, readers] of [
    ['API_KEY', ['api']],
    ['SESSION_ENCRYPTION_KEY', ['runner', 'api', 'tasks', 'sweeper', 'maintainer', 'cleaner', 'alerts', 'webhooks']],
    ['NOTIFICATION_SECRETS', ['alerts']],
  ] as const) {
    things.set(`${secrets}/${name}`, { name })
    things.set(`${secrets}/${name}#policy`, {
      bindings: [{ role: 'roles/secretmanager.secretAccessor', members: members(...readers) }],
    })
  }
  for (const name of ['sweep', 'maintain', 'cleanup']) {
    const job = `${LOCATION}/jobs/firebase-schedule-${name}-${REGION}`
    things.set(`cloudscheduler.googleapis.com/v1/${job}`, { name: job, state: 'ENABLED' })
  }
}

interface Report {
  readonly checks: readonly { readonly name: string; readonly problems: readonly object[]; readonly figures: Fields }[]
  readonly left: readonly string[]
  readonly leftOut: readonly string[]
}

test.skipIf(!isPossible)(
  'a verification announces what it does, finds everything as it has to be, writes its page, and leaves nothing',
  async () => {
    expect(await world.infra('apply', { words: ['--only', 'worker pool'] })).toMatchObject({ code: 0 })
    const { things } = world.recorder.world
    const before = [...things.keys()].filter((key) => key.includes('holdfast')).toSorted()
    expect(await world.infra('verify-live', { input: 'no\n' })).toMatchObject({ code: 1, result: {} })

    const page = join(folder, 'page.md')
    const { code, result, told } = await world.infra('verify-live', { words: ['--yes', '--run', RUN, '--to', page] })
    const { checks, left, leftOut } = result as Report
    expect(
      checks.filter(({ problems }) => problems.length > 0),
      told,
    ).toEqual([])
    expect(code, told).toBe(0)
    expect(checks.map(({ name }) => name)).toEqual([
      'rules: strangers',
      'rights: secrets',
      'rights: wrapping key',
      'rights: checkpoints',
      'keys: wrapping key',
      'firestore: queries',
      'firestore: latency',
      'firestore: contract',
      'storage: contract',
      'tasks: contract',
      'tasks: delivery',
      'tasks: strangers',
      'tasks: retries',
      'schedules: they fire',
      'runners: no new revision',
    ])
    const figures = Object.fromEntries(checks.map((check) => [check.name, check.figures]))
    expect(figures['firestore: contract']?.['passed']).toBeGreaterThan(18)
    expect(figures['storage: contract']?.['passed']).toBeGreaterThan(18)
    expect(figures['tasks: contract']?.['passed']).toBeGreaterThan(12)
    expect(figures['firestore: latency']?.['commit p50 ms']).toBeGreaterThan(0)
    expect(figures['tasks: delivery']?.['called after ms']).toBeGreaterThan(4000)
    expect(leftOut).toEqual([
      'firestore: latency, region (needs --from-region)',
      'copies: deleted and older (needs --only copies)',
      'chaos: on Google’s stores (needs --only chaos)',
      'alerts: channels (needs --long)',
      'runners: SIGTERM (needs --long)',
      'alerts: no runner is heard (needs --long)',
    ])

    expect(told).toMatch(/15 checks, about \d+ min, about \$\d/)
    expect(readFileSync(page, 'utf8')).toContain('15 of 15 checks hold')
    expect(JSON.parse(readFileSync(join(folder, 'page.json'), 'utf8'))).toMatchObject({ v: 1, run: RUN, project: PROJECT })

    expect(left).toEqual([])
    expect(thingsOfRuns()).toEqual([])
    const after = [...things.keys()].filter((key) => key.includes('holdfast') && !key.startsWith('operation:'))
    expect(after.toSorted()).toEqual(before)
  },
  300_000,
)

/** What runs have made and not removed. */
const thingsOfRuns = (): readonly string[] =>
  [...world.recorder.world.things.keys()].filter((key) => key.includes('verify') && !key.startsWith('operation:'))

test.skipIf(!isPossible)(
  'a person who ends it early leaves nothing behind, and one that was killed is cleaned up by its name',
  async () => {
    const words = ['--yes', '--run', 'early', '--only', 'firestore']
    const { code, result, told } = await world.infra('verify-live', { words, interruptAt: 'firestore: contract: about' })
    expect(result, told).toMatchObject({ interrupted: true, left: [] })
    expect(code).toBe(1)
    expect((result as Report).checks.map(({ name }) => name)).toEqual(['firestore: queries', 'firestore: latency'])
    expect(thingsOfRuns()).toEqual([])

    const key = `firestore.googleapis.com/v1/projects/${PROJECT}/databases/holdfast-verify-killed`
    world.recorder.world.things.set(key, { name: key.slice(key.indexOf('projects/')), type: 'FIRESTORE_NATIVE' })
    expect(await world.infra('verify-live', { words: ['--clean', 'killed'] })).toMatchObject({ code: 0, result: { left: [] } })
    expect(thingsOfRuns()).toEqual([])
  },
  120_000,
)

test.skipIf(!isPossible)(
  'what is wrong is told with what to do, and the rest goes on',
  async () => {
    const { things } = world.recorder.world
    const healthy = new Map(things)
    const secret = `secretmanager.googleapis.com/v1/projects/${PROJECT}/secrets/API_KEY#policy`
    const members = [`serviceAccount:holdfast-sweeper@${PROJECT}.iam.gserviceaccount.com`]
    things.set(secret, { bindings: [{ role: 'roles/secretmanager.secretAccessor', members }] })
    const policy = `storage.googleapis.com/b/${PROJECT}-holdfast-sessions#policy`
    const lines = things.get(policy)?.['bindings'] as Fields[]
    const runner = [`serviceAccount:holdfast-runner@${PROJECT}.iam.gserviceaccount.com`]
    things.set(policy, { bindings: [...lines, { role: 'roles/storage.objectUser', members: runner }] })
    const { code, result, told } = await world.infra('verify-live', { words: ['--yes', '--run', 'wrong', '--only', 'rights'] })
    const [secrets, , checkpoints] = (result as Report).checks
    expect(code).toBe(1)
    expect(secrets?.problems, told).toMatchObject([
      { what: 'api cannot read API_KEY: 403' },
      { what: 'sweeper may read API_KEY, which is not its business' },
    ])
    expect(checkpoints?.problems).toMatchObject([
      { what: 'runner may overwrite checkpoints (200)' },
      { what: expect.stringMatching(/^runner may delete checkpoints/) },
    ])

    things.set('answer:not trusted', {})
    const distrusted = await world.infra('verify-live', { words: ['--yes', '--run', 'wrong', '--only', 'secrets'] })
    expect(distrusted.told).toContain('--role=roles/iam.serviceAccountTokenCreator')
    things.clear()
    for (const [key, thing] of healthy) things.set(key, thing)
  },
  120_000,
)

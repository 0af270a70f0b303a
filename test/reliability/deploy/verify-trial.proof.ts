import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { clientOf, startServer, type StorageServer } from '../../../sandbox/google/storage/under-test.ts'
import { findProgram } from '../../support/find-program.ts'
import { type RunningEmulator, startEmulator } from '../../support/firestore-emulator.ts'
import { type Fields, PROJECT } from '../../support/google-recorder/world.ts'
import { parseOptions } from '../trial/job/options.ts'
import { DeployedWorld } from './deployed-world.ts'

// The checks that bring a job beside the deployment, with the real gcloud on the recorder. `npm run prove -- trial` runs the job's image.

const isPossible = findProgram('gcloud') !== null && findProgram('openssl') !== null
const JOB = fileURLToPath(new URL('../trial/job/main.ts', import.meta.url))

const DATABASE = 'holdfast-verify-a1b2c3'
const BUCKET = `${PROJECT}-${DATABASE}`
const POLICY = `cloudresourcemanager.googleapis.com/v1/projects/${PROJECT}#policy`

let world: DeployedWorld

beforeAll(async () => {
  if (!isPossible) return
  world = await DeployedWorld.open({ gcloud: findProgram('gcloud') ?? '' })
  for (const name of ['firestore', 'run', 'iam', 'artifactregistry', 'cloudbuild', 'cloudtasks'])
    world.recorder.world.enabled.add(`${name}.googleapis.com`)
  // Of a deployment the run uses what builds its images.
  const { things } = world.recorder.world
  const build = `holdfast-build@${PROJECT}.iam.gserviceaccount.com`
  things.set(`iam.googleapis.com/v1/projects/${PROJECT}/serviceAccounts/${build}`, { email: build })
  things.set(`storage.googleapis.com/b/${PROJECT}-holdfast-builds`, { name: `${PROJECT}-holdfast-builds` })
}, 60_000)

afterAll(async () => world?.close())

interface Report {
  readonly checks: readonly { readonly name: string; readonly problems: readonly { what: string }[]; readonly figures: Fields }[]
  readonly left: readonly string[]
  readonly interrupted: boolean
}

/** What the job puts into the bucket of its run. */
function writes(name: string, result: object): void {
  const object = { kind: 'storage#object', name, bucket: BUCKET, generation: '1', metageneration: '1', size: '1' }
  world.recorder.world.things.set(`objects/${BUCKET}/${name}`, { ...object, content: result })
}

/** What runs have made and not removed, also in the policy of the project. What lies in a thing goes with it. */
const thingsOfRuns = (): readonly string[] =>
  [...world.recorder.world.things]
    .filter(([key, thing]) => (key === POLICY ? JSON.stringify(thing).includes('verify') : THING_OF_RUN.test(key)))
    .map(([key]) => key)

const THING_OF_RUN = /^(?!operation:).*[/:-]holdfast-verify-[a-z0-9]+(@[\w.-]+|-x*\d+)?$/

beforeEach(() => {
  if (isPossible) world.recorder.world.runJob = () => Promise.resolve(true)
})

const verify = (words: readonly string[], interruptAt?: string) =>
  world.infra('verify-live', {
    words: ['--yes', '--run', 'a1b2c3', ...words],
    ...(interruptAt === undefined ? {} : { interruptAt }),
  })

test.skipIf(!isPossible)(
  'Ctrl-C while the job runs ends the waiting and removes everything, and so does its name after a machine that died',
  async () => {
    const { things } = world.recorder.world
    let indexes = 0
    world.recorder.world.runJob = (args) => {
      expect(parseOptions(args)).toMatchObject({ what: 'chaos' })
      indexes = [...things.keys()].filter((key) => key.includes(DATABASE) && key.includes('/indexes/')).length
      return new Promise(() => {})
    }
    const { code, result, told } = await verify(['--only', 'chaos'], 'Its log:')
    expect(indexes).toBeGreaterThan(20)
    expect(result, told).toMatchObject({ interrupted: true, checks: [], left: [] })
    expect(code).toBe(1)
    expect(thingsOfRuns()).toEqual([])

    things.set(`run:jobs/${DATABASE}`, { metadata: { name: DATABASE } })
    const email = `${DATABASE}@${PROJECT}.iam.gserviceaccount.com`
    things.set(`iam.googleapis.com/v1/projects/${PROJECT}/serviceAccounts/${email}`, { email })
    expect(await world.infra('verify-live', { words: ['--clean', 'a1b2c3'] })).toMatchObject({ code: 0, result: { left: [] } })
    expect(thingsOfRuns()).toEqual([])
  },
  300_000,
)

test.skipIf(!isPossible)(
  'latency in the region is that of the job itself, whose account can reach the stores of its run alone',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-verify-'))
    const emulator: RunningEmulator = await startEmulator()
    const storage: StorageServer = await startServer(folder)
    try {
      const bucket = clientOf(storage.url).bucket(BUCKET)
      await bucket.create()
      const { things } = world.recorder.world
      let seen: readonly string[] = []
      let job = ''
      world.recorder.world.runJob = async (args) => {
        seen = thingsOfRuns()
        job = JSON.stringify(things.get(`run:jobs/${DATABASE}`))
        const stores = {
          FIRESTORE_EMULATOR_HOST: emulator.address,
          STORAGE_EMULATOR_HOST: storage.url,
          METADATA_SERVER_DETECTION: 'none',
        }
        await promisify(execFile)(process.execPath, [JOB, ...args], { env: { ...process.env, ...stores } })
        const [stored] = await bucket.file('trial/latency.json').download()
        writes('trial/latency.json', JSON.parse(stored.toString()) as object)
        return true
      }
      const { code, result, told } = await verify(['--only', ', region', '--from-region'])
      expect(code, told).toBe(0)
      const [check] = (result as Report).checks
      expect(check).toMatchObject({ name: 'firestore: latency, region', figures: { from: 'us-central1' }, problems: [] })
      expect(check?.figures['commit p99 ms']).toBeGreaterThan(0)
      expect(check?.figures['listener p50 ms']).toBeGreaterThan(0)
      expect(seen).toHaveLength(7)
      expect(seen).toContain(POLICY)
      expect(told).toContain(`resource.name == "projects/${PROJECT}/databases/${DATABASE}"`)
      expect(job).toContain(`"serviceAccountName":"${DATABASE}@${PROJECT}.iam.gserviceaccount.com"`)
      expect(job).toContain(`"image":"us-central1-docker.pkg.dev/${PROJECT}/${DATABASE}/trial:1"`)
      expect(thingsOfRuns()).toEqual([])
    } finally {
      await Promise.all([emulator[Symbol.asyncDispose](), storage.kill('SIGTERM')])
      rmSync(folder, { recursive: true, force: true })
    }
  },
  300_000,
)

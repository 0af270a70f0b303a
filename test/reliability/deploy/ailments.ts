import { type Fields, PROJECT, REGION, type World } from '../../support/google-recorder/world.ts'

/** Something that goes wrong although it was set up rightly, and the check of `doctor` that has to notice. */
interface Ailment {
  readonly check: string
  readonly begin: (world: World) => void
}

const project = `projects/${PROJECT}`
const secrets = `secretmanager.googleapis.com/v1/${project}/secrets`
const functionKey = (name: string) => `cloudfunctions.googleapis.com/v2/${project}/locations/${REGION}/functions/${name}`

const change = (world: World, key: string, fields: Fields): void => {
  const thing = world.things.get(key)
  if (!thing) throw new Error(`There is no ${key} that could ail.`)
  world.things.set(key, { ...thing, ...fields })
}

/** Pins version 2 of a secret in a function. */
function pinSecond(world: World, name: string, secret: string): void {
  const config = world.things.get(functionKey(name))?.['serviceConfig'] as Fields
  const pinned = config['secretEnvironmentVariables'] as Fields[]
  const secretEnvironmentVariables = pinned.map((one) => (one['key'] === secret ? { ...one, version: '2' } : one))
  change(world, functionKey(name), { serviceConfig: { ...config, secretEnvironmentVariables } })
}

const addSecond = (world: World, secret: string): void =>
  void world.things.set(`${secrets}/${secret}/versions/2`, { name: `${project}/secrets/${secret}/versions/2`, state: 'ENABLED' })

const closeApi = (world: World): void =>
  void world.things.set(`run.googleapis.com/v2/${project}/locations/${REGION}/services/api#policy`, { bindings: [] })

const AILMENTS: readonly Ailment[] = [
  { check: 'billing is on', begin: (world) => void world.things.set('answer:billing', { billingEnabled: false }) },
  { check: 'the project is a Firebase project', begin: (world) => void world.things.set('answer:no firebase', {}) },
  {
    check: 'the indexes are built',
    begin: (world) => {
      const index = [...world.things.keys()].find((key) => key.includes('/indexes/')) ?? ''
      change(world, index, { state: 'CREATING' })
    },
  },
  {
    check: 'nothing deletes journals, sessions or keys by age',
    begin: (world) => {
      const name = `${project}/databases/(default)/collectionGroups/session_keys/fields/at`
      world.things.set(`firestore.googleapis.com/v1/${name}`, { name, ttlConfig: { state: 'ACTIVE' } })
    },
  },
  { check: 'the functions are active', begin: (world) => change(world, functionKey('sweep'), { state: 'FAILED' }) },
  { check: 'the API has the newest version of its key', begin: (world) => addSecond(world, 'API_KEY') },
  {
    check: 'every version of a secret that is in use is enabled',
    begin: (world) => change(world, `${secrets}/SESSION_ENCRYPTION_KEY/versions/1`, { state: 'DISABLED' }),
  },
  {
    check: 'runners and functions have the same version of SESSION_ENCRYPTION_KEY',
    begin: (world) => {
      addSecond(world, 'SESSION_ENCRYPTION_KEY')
      pinSecond(world, 'sweep', 'SESSION_ENCRYPTION_KEY')
    },
  },
  { check: 'everybody may call the API, which checks its own key', begin: closeApi },
  {
    check: 'no policy of the organisation keeps the API closed',
    begin: (world) => {
      closeApi(world)
      world.things.set('answer:organisation', { listPolicy: { allowedValues: ['C0123abcd'] } })
    },
  },
  {
    check: 'the API answers that it is healthy',
    begin: (world) => void world.things.set('answer:health', { status: 'degraded' }),
  },
  {
    check: 'the API as a server is ready',
    begin: (world) => {
      const conditions = [{ type: 'Ready', status: 'False', message: 'The image does not start.' }]
      change(world, 'run:services/holdfast-api', { status: { conditions } })
    },
  },
  {
    check: 'API and runners are of the same version',
    begin: (world) => {
      const runners = [{ id: 'runner-0', state: 'active', version: '0.0.1', revision: 'holdfast-runner-00001' }]
      world.things.set('answer:health', { status: 'healthy', version: '0.1.0', runners })
    },
  },
  {
    check: 'the runners are ready, in the newest revision',
    begin: (world) => {
      const pool = world.things.get('run:workerpools/holdfast-runner')
      const status = { ...(pool?.['status'] as Fields), latestCreatedRevisionName: 'holdfast-runner-00002' }
      change(world, 'run:workerpools/holdfast-runner', { status })
    },
  },
  {
    check: 'a runner was heard in the last minute',
    begin: (world) => void world.things.set('answer:runner', { updateTime: '2026-01-01T00:00:00Z' }),
  },
  {
    check: 'nobody of ours has more rights on the project than the list says',
    begin: (world) => {
      const key = `cloudresourcemanager.googleapis.com/v1/${project}#policy`
      const bindings = world.things.get(key)?.['bindings'] as Fields[]
      const members = [`serviceAccount:holdfast-api@${PROJECT}.iam.gserviceaccount.com`]
      change(world, key, { bindings: [...bindings, { role: 'roles/editor', members }] })
    },
  },
]

/**
 * Lets the project ail in one way after the other. `diagnose` returns the names of what is wrong, and what was told. Returns the checks
 * that noticed, with advice, and no longer complain once it is over.
 */
export async function ailInTurn(
  world: World,
  diagnose: () => Promise<{ readonly wrong: readonly string[]; readonly told: string }>,
): Promise<{ readonly noticed: number; readonly missed: readonly string[] }> {
  const healthy = new Map(world.things)
  const missed: string[] = []
  for (const { check, begin } of AILMENTS) {
    begin(world)
    const { wrong, told } = await diagnose()
    if (!wrong.includes(check) || !hasAdvice(told, check)) missed.push(check)
    world.things.clear()
    for (const [key, thing] of healthy) world.things.set(key, thing)
  }
  const { wrong } = await diagnose()
  return { noticed: AILMENTS.length - missed.length, missed: [...missed, ...wrong] }
}

/** The line after the one that complains says what to do. */
function hasAdvice(told: string, check: string): boolean {
  const lines = told.split('\n')
  const advice = lines[lines.findIndex((line) => line.startsWith(`BAD   ${check}`)) + 1]
  return advice?.startsWith('      ') === true && advice.trim() !== ''
}

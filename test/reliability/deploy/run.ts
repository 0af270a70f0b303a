import { PROJECT, type World } from '../../support/google-recorder/world.ts'
import { ailInTurn } from './ailments.ts'
import { DeployedWorld, type DeployedWorldOptions, type Ended } from './deployed-world.ts'
import { driftByHand } from './drift.ts'
import { Strikes } from './strikes.ts'

export interface Figures {
  readonly resources: number
  readonly created: number
  readonly secondRunChanges: number
  readonly repaired: number
  /** Things that went wrong and that `doctor` found, with advice. */
  readonly diagnosed: number
  /** Commands that were killed at a change, and whose work was done in the end. */
  readonly resumed: number
  readonly removed: number
  /** Runs that it took until every kill had its turn. */
  readonly runs: number
  readonly failed: readonly string[]
}

interface Planned {
  readonly resources: number
  readonly changes: readonly { readonly resource: string; readonly kind: string }[]
}

interface Applied {
  readonly changed: number
  readonly failed: number
}

type Say = (line: string) => void

/** No run of a healthy deployment comes near it. */
const MOST_RUNS = 80

/** Deploys into an empty project, again, after changes by hand, and removes it; then into another one with a kill at each change. */
export async function prove(options: DeployedWorldOptions, say: Say): Promise<Figures> {
  const failed: string[] = []
  const fail = (what: string) => {
    failed.push(what)
    say(`FAILED ${what}`)
  }
  const calm = await inWorld(options, (world) => deployCalmly(world, fail, say))
  const strikes = new Strikes()
  const struck = await inWorld({ ...options, strikes }, (world) => deployUnderKills(world, strikes, fail, say))
  return { ...calm, ...struck, failed }
}

async function inWorld<Result>(options: DeployedWorldOptions, use: (world: DeployedWorld) => Promise<Result>): Promise<Result> {
  const world = await DeployedWorld.open(options)
  try {
    return await use(world)
  } finally {
    await world.close()
  }
}

type Fail = (what: string) => void

async function deployCalmly(world: DeployedWorld, fail: Fail, say: Say) {
  const { recorder } = world
  const { resources, changes } = await planOf(world)
  await applied(world, 'apply from nothing', fail)
  const left = await planOf(world)
  if (left.changes.length > 0) fail(`the plan after it has ${namesIn(left)}`)
  const created = changes.filter(({ resource }) => !left.changes.some((one) => one.resource === resource)).length
  say(
    `${created} of ${resources} resources made by ${recorder.changesSince(0).length} changes in ${recorder.requests.length} requests`,
  )

  const before = recorder.requests.length
  const second = await applied(world, 'apply again', fail)
  const secondRunChanges = Math.max(recorder.changesSince(before).length, second?.changed ?? 0)
  say(`again: ${secondRunChanges} changes`)
  await healthy(world, fail)

  const { noticed: diagnosed, missed } = await ailInTurn(recorder.world, () => diagnose(world))
  for (const check of missed) fail(`doctor is wrong about: ${check}`)
  say(`${diagnosed} ailments found by the doctor`)

  const repaired = await repair(world, fail)
  say(`${repaired} changes by hand taken back`)
  await changeAccess(world, fail)
  say('the API behind IAP, at another domain')
  await moveToService(world, fail)
  say('the runners moved to a service')
  const removed = await remove(world, fail)
  say(`${removed} resources removed, and those with data kept`)
  return { resources, created, secondRunChanges, repaired, diagnosed, removed }
}

/** Changes things by hand. The plan has to name these and no others, and the next run has to mend them. */
async function repair(world: DeployedWorld, fail: Fail): Promise<number> {
  const drifted = driftByHand(world.recorder.world)
  const noticed = (await planOf(world)).changes.map(({ resource }) => resource).toSorted()
  if (noticed.join() !== drifted.join()) fail(`changed by hand: ${drifted.join(', ')}; noticed: ${noticed.join(', ')}`)
  await applied(world, 'apply after changes by hand', fail)
  const left = (await planOf(world)).changes.map(({ resource }) => resource)
  for (const resource of drifted.filter((one) => left.includes(one))) fail(`${resource} is not as it was`)
  return drifted.filter((one) => noticed.includes(one) && !left.includes(one)).length
}

/** Lets only some people come to the API, by another domain. The certificate of the former one goes. */
async function changeAccess(world: DeployedWorld, fail: Fail): Promise<void> {
  world.wish({ api: BEHIND_IAP })
  await applied(world, 'apply with IAP', fail)
  const left = await planOf(world)
  if (left.changes.length > 0) fail(`behind IAP there is still ${namesIn(left)}`)
  const certificates = [...world.recorder.world.things.keys()].filter((key) => /\/sslCertificates\/[^/#]+$/.test(key))
  if (certificates.length !== 1) fail(`after another domain there are ${certificates.length} certificates`)
  await healthy(world, fail)
}

const BEHIND_IAP = { access: 'load-balancer', domain: 'other.example.com', iap: { members: ['group:callers@example.com'] } }

/** Changes the platform of the runners. In the end the new ones are there alone, and what watches them watches these. */
async function moveToService(world: DeployedWorld, fail: Fail): Promise<void> {
  world.wish({ runner: { platform: 'service' }, api: BEHIND_IAP })
  await applied(world, 'apply with another platform', fail)
  const left = await planOf(world)
  if (left.changes.length > 0) fail(`after the move to a service there is still ${namesIn(left)}`)
  const runners = [...world.recorder.world.things.keys()].filter((key) => /^run:.*\/holdfast-runner$/.test(key))
  if (runners.join() !== 'run:services/holdfast-runner') fail(`after the move to a service there is ${runners.join(', ')}`)
  await healthy(world, fail)
}

const WITH_DATA = [
  'Firestore database',
  `bucket ${PROJECT}-holdfast-sessions`,
  'secret API_KEY',
  'secret NOTIFICATION_SECRETS',
  'secret SESSION_ENCRYPTION_KEY',
]

/** Whoever types another name removes nothing. Then all goes but what holds data. */
async function remove(world: DeployedWorld, fail: Fail): Promise<number> {
  const before = world.recorder.requests.length
  await world.infra('destroy', { input: 'another-project\n' })
  if (world.recorder.changesSince(before).length > 0) fail('destroy without the right name changed something')
  const { result, told } = await world.infra('destroy', { input: `${PROJECT}\n` })
  const { removed = 0, failed = 1, kept = [] } = (result ?? {}) as { removed?: number; failed?: number; kept?: string[] }
  if (failed > 0) fail(`destroy: ${failuresIn(told)}`)
  if (kept.toSorted().join() !== WITH_DATA.toSorted().join()) fail(`destroy kept ${kept.join(', ')}`)
  for (const resource of WITH_DATA) {
    if ((await planOf(world)).changes.some((one) => one.resource === resource)) fail(`destroy harmed ${resource}`)
  }
  return removed
}

/** Runs `apply` again and again. In each run commands die at changes at which none had died before. */
async function deployUnderKills(world: DeployedWorld, strikes: Strikes, fail: Fail, say: Say) {
  let runs = 0
  for (let goesOn = true; goesOn && runs < MOST_RUNS; runs++) {
    const before = strikes.count
    const { code, told } = await world.infra('apply')
    const killed = strikes.count - before
    say(`run ${runs + 1}: ${killed} commands killed`)
    goesOn = killed > 0
    if (code !== 0 && killed === 0) fail(`a run in which nobody was killed: ${failuresIn(told)}`)
  }
  const left = await planOf(world)
  if (left.changes.length > 0) fail(`after all kills there is still ${namesIn(left)}`)
  const doubled = doublesIn(world.recorder.world)
  for (const what of doubled) fail(`${what} is there twice`)
  await healthy(world, fail)
  return { resumed: strikes.count - left.changes.length - doubled.length, runs }
}

/** Things to which Google gives names of its own, so that a second command would make a second one. */
function doublesIn(world: World): readonly string[] {
  const kinds = [...world.things]
    .filter(([key]) =>
      /\/(alertPolicies|notificationChannels|budgets|backupSchedules|indexes)\/[^/#]+$|\/secrets\/[^/]+\/versions\/\d+$/.test(
        key,
      ),
    )
    .map(
      ([key, thing]) => `${key.slice(0, key.lastIndexOf('/'))} ${JSON.stringify(thing['userLabels'] ?? thing['fields'] ?? '')}`,
    )
  return [...Map.groupBy(kinds, (kind) => kind).entries()].filter(([, all]) => all.length > 1).map(([kind]) => kind)
}

async function planOf(world: DeployedWorld): Promise<Planned> {
  const ended = await world.infra('plan')
  if (ended.code !== 0 && ended.code !== 2) throw new Error(`plan ended with ${ended.code}: ${ended.told}`)
  return ended.result as Planned
}

async function applied(world: DeployedWorld, what: string, fail: Fail): Promise<Applied | null> {
  const { code, result, told } = await world.infra('apply')
  if (code !== 0) fail(`${what}: ${failuresIn(told)}`)
  return result as Applied | null
}

async function healthy(world: DeployedWorld, fail: Fail): Promise<void> {
  const { wrong, told } = await diagnose(world)
  if (wrong.length > 0) fail(`doctor: ${wrong.join(', ')}\n${told}`)
}

async function diagnose(world: DeployedWorld): Promise<{ wrong: readonly string[]; told: string }> {
  const { result, told }: Ended = await world.infra('doctor')
  const { wrong = ['everything'] } = (result ?? {}) as { wrong?: readonly string[] }
  return { wrong, told }
}

const namesIn = ({ changes }: Planned): string => changes.map(({ resource }) => resource).join(', ')

/** The lines about what failed, with those after them. */
function failuresIn(told: string): string {
  const lines = told.split('\n')
  const first = lines.findIndex((line) => line.includes('FAILED'))
  return first === -1 ? lines.slice(-10).join('\n') : lines.slice(first, first + 12).join('\n')
}

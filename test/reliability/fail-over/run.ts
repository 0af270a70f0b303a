import { inParallel } from '@holdfast/core/platform/in-parallel'
import { setTimeout as pause } from 'node:timers/promises'
import type { SupervisedProcess } from '../../../sandbox/processes.ts'
import { startSandbox } from '../../../sandbox/sandbox.ts'
import { linkSession } from '../../support/linked-session.ts'
import { World } from '../../support/world.ts'
import { alone, type Chat, crash, leave } from './cases.ts'
import { ownersOf, untilWorkingElsewhere } from './measure.ts'
import type { Options } from './options.ts'

/** The limits of the times, ms. */
const LIMITS = { open: 30_000, settled: 60_000, without: 3_000, left: 8_000, fast: 5_000, default: 20_000 }
const LEAVING = 40
const LINKED_AT_ONCE = 4
/** The shortest settings that are advised: a document takes one write a second for long, and one lost heartbeat loses no session. */
const FAST_HEARTBEAT = { HEARTBEAT_INTERVAL_MS: '1000', RUNNER_DEAD_AFTER_MS: '3000' }
const DEFAULT_HEARTBEAT = { HEARTBEAT_INTERVAL_MS: '4000', RUNNER_DEAD_AFTER_MS: '12000' }

/** Runs all cases on the same sessions, one after the other. `held`: all times are within their limits. */
export async function runFailOver({ sessions, folder }: Options, tell: (line: string) => void) {
  await using sandbox = await startSandbox({
    forLong: true,
    // Who holds which session is the choice of the cases. The dead come one after the other, which is no crash loop.
    runnerEnv: { ...FAST_HEARTBEAT, REBALANCING: 'false', CRASH_LOOP_AFTER: '1000000', RESTART_PAUSE_LIMIT_MS: '0' },
    ...(folder === undefined ? {} : { folder }),
  })
  await using world = await World.of(sandbox, { patienceMs: 60_000 })
  const ids = new Map<SupervisedProcess, string>()
  const follow = (runner: SupervisedProcess): SupervisedProcess =>
    runner.on('printed', (line) => {
      const id = /"runner":"(runner-[0-9a-f]+)"/.exec(line)?.[1]
      if (id !== undefined) ids.set(runner, id)
    })
  const first = follow(sandbox.runner('runner-1'))
  const join = async (env: Record<string, string> = {}) => follow(await sandbox.addRunner(env))

  const chats = await linkAll(world, sessions)
  tell(`${chats.length} sessions are on one runner.`)
  const aloneTimes = await alone(world, chats, first)
  tell(`alone: ${JSON.stringify(aloneTimes)}`)

  const second = await join()
  const resting = chats.slice(LEAVING)
  await Promise.all(resting.map(({ name }) => world.api.want(name, 'stop')))
  await untilReleased(world, resting)
  const leaveTimes = await leave(world, chats.slice(0, LEAVING), first)
  tell(`leave: ${JSON.stringify(leaveTimes)}`)
  await Promise.all(resting.map(({ name }) => world.api.want(name, 'start')))
  await untilWorkingElsewhere(world, resting, new Map(), performance.now())

  await Promise.all([first.start(), join(), join()])
  await untilAtWork(world)
  await moveAll(world, chats, second)
  await second.start()
  const fast = await crash(world, chats, (runner) => ids.get(runner))
  tell(`fast: ${JSON.stringify(fast)}`)

  const old = sandbox.runners()
  for (let count = 0; count < old.length; count++) await join(DEFAULT_HEARTBEAT)
  await untilAtWork(world)
  for (const runner of old) await moveAll(world, chats, runner)
  const usual = await crash(world, chats, (runner) => ids.get(runner))
  tell(`default: ${JSON.stringify(usual)}`)

  const { violations } = await world.simulator.state()
  const held =
    aloneTimes.open.max <= LIMITS.open &&
    aloneTimes.missing === 0 &&
    aloneTimes.settledMs <= LIMITS.settled &&
    leaveTimes.without.p95 <= LIMITS.without &&
    leaveTimes.leftMs <= LIMITS.left &&
    fast.working.p95 <= LIMITS.fast &&
    usual.working.p95 <= LIMITS.default &&
    violations.length === 0
  return { held, result: { alone: aloneTimes, leave: leaveTimes, fast, default: usual, violations: violations.length } }
}

async function untilReleased(world: World, chats: readonly Chat[]): Promise<void> {
  const isOwned = (owners: ReadonlyMap<string, string | null>) => chats.some(({ name }) => (owners.get(name) ?? null) !== null)
  while (isOwned(await ownersOf(world))) await pause(250)
}

/** Waits until all running runners take sessions, so that those of one that leaves are spread over all of them. */
async function untilAtWork({ sandbox }: World): Promise<void> {
  const running = sandbox.runners().filter(({ pid }) => pid !== null).length
  const areAtWork = async () => {
    const { runners } = (await (await sandbox.api('/api/fleet')).json()) as { runners: { state: string }[] }
    return runners.filter(({ state }) => state === 'active').length >= running
  }
  while (!(await areAtWork())) await pause(250)
}

/** Stops a runner in order. Resolves when its sessions work on others. */
async function moveAll(world: World, chats: readonly Chat[], runner: SupervisedProcess): Promise<void> {
  const before = await ownersOf(world)
  await runner.stop()
  const owners = await ownersOf(world)
  const moved = chats.filter(({ name }) => owners.get(name) !== before.get(name))
  await untilWorkingElsewhere(world, moved, before, performance.now())
}

async function linkAll({ api, simulator }: World, count: number): Promise<Chat[]> {
  const chats: Chat[] = []
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  await inParallel(LINKED_AT_ONCE, numbers, async (number) => {
    const digits = String(number).padStart(2, '0')
    const contact = `55118${digits}00001`
    await simulator.createContact(contact, `Contact ${number}`)
    const linked = await linkSession(api, simulator, { name: `moving-${number}`, phone: `55119${digits}00000` })
    chats.push({ ...linked, contact })
  })
  return chats
}

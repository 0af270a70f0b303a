import { setTimeout as pause } from 'node:timers/promises'
import type { ProxyMode } from '../../../../sandbox/network/tcp-proxy.ts'
import type { SupervisedProcess } from '../../../../sandbox/processes.ts'
import type { RunnerNetwork } from '../../../../sandbox/proxies.ts'
import type { Fleet } from './fleet.ts'
import type { FleetStrikeKind } from './kinds.ts'
import type { FleetStrike } from './plan.ts'

/** Strikes once, resolves when all struck sessions are connected again, and tells what it did. */
type Strike = (fleet: Fleet, strike: FleetStrike) => Promise<string>

const PASS = { how: 'pass' } as const
/** The time in which a deaf session should be noticed. After it the run drops its connection. */
const DEAF_LIMIT_MS = 60_000
const LOOK_EVERY_MS = 500
/** The time after which a client of Google's services gives up a connection that says nothing. */
const UNNOTICED_MS = 45_000
/** Fewer runners than this are not left by scaling down. */
const FEWEST = 2

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const kill: Strike = (fleet) =>
  fleet.atOne(async (runner) => {
    const phones = fleet.watch.phonesOf(runner)
    fleet.losses.begin('kill', phones)
    runner.kill('SIGKILL')
    await fleet.untilBack(phones)
    return `${runner.name} with ${phones.length} sessions`
  })

/** The runner sleeps until others own its sessions, and wakes as a zombie. */
const zombie: Strike = (fleet, { ms }) =>
  fleet.atOne(async (runner) => {
    const phones = fleet.watch.phonesOf(runner)
    fleet.losses.begin('zombie', phones)
    runner.kill('SIGSTOP')
    await pause(ms)
    if (runner.pid !== null) runner.kill('SIGCONT')
    await fleet.untilBack(phones, { mayStay: true })
    return `${runner.name} with ${phones.length} sessions for ${seconds(ms)}`
  })

const skew: Strike = (fleet, { minutes, ms }) =>
  fleet.atOne(async (runner) => {
    const { sandbox } = fleet.world
    // A process that dies meanwhile does not answer.
    await sandbox.skewClock(runner.name, { minutes })
    await pause(2 * ms)
    await sandbox.skewClock(runner.name, {})
    return `${runner.name} by ${minutes} minutes for ${seconds(2 * ms)}`
  })

type Link = keyof RunnerNetwork

const change = (fleet: Fleet, { name }: SupervisedProcess, links: readonly Link[], mode: ProxyMode): Promise<void[]> =>
  Promise.all(links.map((link) => fleet.world.sandbox.networkOf(name)[link].change(mode)))

/** The present connections of one runner die without a word; new ones work. */
const halfOpen =
  (kind: FleetStrikeKind, link: Link): Strike =>
  (fleet) =>
    fleet.atOne(async (runner) => {
      const phones = fleet.watch.phonesOf(runner)
      fleet.losses.begin(kind, phones)
      await change(fleet, runner, [link], { how: 'hang' })
      await change(fleet, runner, [link], PASS)
      fleet.ails(runner, UNNOTICED_MS)
      await fleet.untilBack(phones, { mayStay: link === 'firestore' })
      return `${runner.name} with ${phones.length} sessions`
    })

/** One runner reaches some of the services no more for a time. */
const without =
  (kind: FleetStrikeKind, links: readonly Link[]): Strike =>
  (fleet, { ms, how }) =>
    fleet.atOne(async (runner) => {
      const phones = fleet.watch.phonesOf(runner)
      fleet.losses.begin(kind, phones)
      await change(fleet, runner, links, { how })
      await pause(ms)
      await change(fleet, runner, links, PASS)
      // A connection to WhatsApp outlives what was not its own network, and what merely made it wait.
      await fleet.untilBack(phones, { mayStay: how === 'freeze' || !links.includes('whatsapp') })
      return `${runner.name} with ${phones.length} sessions (${how}) for ${seconds(ms)}`
    })

const scaleUp: Strike = async ({ world: { sandbox }, watch, stopped, random }) => {
  if (stopped.length === 0) {
    const added = await sandbox.addRunner()
    watch.follow(added)
    return `${added.name}, a new one`
  }
  const runner = random.pick(stopped)
  await runner.start()
  return `${runner.name}, which had been stopped`
}

/** Stops a runner, as a scale-in and a roll-out do, and waits until its sessions are open elsewhere. */
async function leave(fleet: Fleet, runner: SupervisedProcess, kind: FleetStrikeKind): Promise<number> {
  const phones = fleet.watch.phonesOf(runner)
  fleet.losses.begin(kind, phones)
  await Promise.all([runner.stop(), fleet.untilBack(phones)])
  return phones.length
}

const scaleDown: Strike = async (fleet) => {
  if (fleet.running.length <= FEWEST) return 'nobody, because only two are left'
  return await fleet.atOne(async (runner) => `${runner.name} with ${await leave(fleet, runner, 'scale-down')} sessions`)
}

const rolling: Strike = async (fleet) => {
  const told: string[] = []
  for (const runner of fleet.running) {
    if (runner.pid === null || fleet.isStruck(runner) || fleet.running.length < FEWEST) continue
    await fleet.at(runner, async () => {
      told.push(`${runner.name} with ${await leave(fleet, runner, 'rolling')}`)
      await runner.start()
    })
  }
  return told.join(', ') || 'nobody'
}

/** Sessions whose connections stay open and bring nothing. */
const deaf: Strike = async (fleet, { count }) => {
  const { world, watch, losses, random } = fleet
  const open = world.sessions.filter(({ phone }) => world.open.has(phone) && losses.away([phone]).length === 0)
  const phones = new Set(Array.from({ length: Math.min(count, open.length) }, () => random.pick(open).phone))
  losses.begin('deaf', [...phones])
  for (const account of phones) await world.simulator.orderFault({ kind: 'deaf', account })
  const unheard = () => [...phones].filter((phone) => watch.isDeaf(phone) || losses.away([phone]).length > 0)
  const deadline = performance.now() + DEAF_LIMIT_MS
  while (unheard().length > 0 && performance.now() < deadline) await pause(LOOK_EVERY_MS)
  const unnoticed = [...phones].filter((phone) => watch.isDeaf(phone))
  losses.spared(unnoticed)
  for (const account of unnoticed) await world.simulator.orderFault({ kind: 'drop', account })
  await fleet.untilBack([...phones])
  return `${phones.size} sessions, ${unnoticed.length} of them unnoticed for ${seconds(DEAF_LIMIT_MS)}`
}

const functions: Strike = async ({ world: { sandbox } }) => {
  // A process that died a moment ago may not have restarted yet.
  if (sandbox.functions === null || sandbox.functions.pid === null) return 'nobody'
  sandbox.functions.kill('SIGKILL')
  return 'the API'
}

export const STRIKES: Readonly<Record<FleetStrikeKind, Strike>> = {
  kill,
  zombie,
  skew,
  'half-open-whatsapp': halfOpen('half-open-whatsapp', 'whatsapp'),
  'half-open-firestore': halfOpen('half-open-firestore', 'firestore'),
  'without-whatsapp': without('without-whatsapp', ['whatsapp']),
  'without-firestore': without('without-firestore', ['firestore']),
  'without-both': without('without-both', ['firestore', 'whatsapp']),
  'scale-up': scaleUp,
  'scale-down': scaleDown,
  rolling,
  deaf,
  functions,
}

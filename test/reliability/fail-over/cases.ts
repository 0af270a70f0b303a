import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { SupervisedProcess } from '../../../sandbox/processes.ts'
import type { LinkedSession } from '../../support/linked-session.ts'
import { percentilesOf, type Percentiles } from '../../support/recoveries.ts'
import { untilSettled } from '../../support/settled.ts'
import type { World } from '../../support/world.ts'
import { Gaps, ownersOf, untilWorkingElsewhere } from './measure.ts'

/** A session, its phone and a contact. */
export interface Chat extends LinkedSession {
  contact: string
}

export interface Times extends Percentiles {
  sessions: number
}

const AT_ONCE = 8
const SETTLE_LIMIT_MS = 180_000

const timesOf = (samples: readonly number[]): Times => {
  const { p50, p95, max } = percentilesOf(samples.map(Math.round))
  return { p50, p95, max, sessions: samples.length }
}

/** The only runner dies, messages wait on both sides, and a new runner starts. */
export async function alone(world: World, chats: readonly Chat[], runner: SupervisedProcess) {
  const before = await ownersOf(world)
  await runner.stop('SIGKILL')
  await inParallel(AT_ONCE, chats, async ({ name, phone, contact }) => {
    const text = `while nobody runs ${name}`
    const chatId = `${contact}@c.us`
    const { jobId, messageId } = await world.api.sendText({ session: name, chatId, text, idempotencyKey: text })
    world.ledger.accepted.push({ jobId, messageId, session: name, contact, text })
    const id = await world.simulator.sendAsContact(contact, phone, `missed ${name}`)
    world.ledger.issued.push({ id, session: name, contact, text: `missed ${name}` })
  })
  const startedAt = performance.now()
  await runner.start()
  const { api, simulator, ledger } = world
  const settled = untilSettled({ api, simulator, ledger, limitMs: SETTLE_LIMIT_MS })
  const open = timesOf(await untilWorkingElsewhere(world, chats, before, startedAt))
  const { missing } = await settled
  return { open, settledMs: Math.round(performance.now() - startedAt), missing: missing.length }
}

/** A runner that holds all sessions leaves by SIGTERM, while another one is there. */
export async function leave(world: World, chats: readonly Chat[], runner: SupervisedProcess) {
  const before = await ownersOf(world)
  const gaps = new Gaps(world)
  const since = performance.now()
  const left = runner.stop().then(() => Math.round(performance.now() - since))
  const working = timesOf(await untilWorkingElsewhere(world, chats, before, since))
  return { without: timesOf(gaps.times), working, leftMs: await left }
}

/** The runner with the most sessions dies, and does not come back. */
export async function crash(world: World, chats: readonly Chat[], idOf: (runner: SupervisedProcess) => string | undefined) {
  const before = await ownersOf(world)
  const ownedBy = (runner: SupervisedProcess) => chats.filter(({ name }) => before.get(name) === idOf(runner))
  const running = world.sandbox.runners().filter(({ pid }) => pid !== null)
  const [fullest] = running.toSorted((one, other) => ownedBy(other).length - ownedBy(one).length)
  if (!fullest) throw new Error('No runner runs.')
  const since = performance.now()
  await fullest.stop('SIGKILL')
  return { runners: running.length, working: timesOf(await untilWorkingElsewhere(world, ownedBy(fullest), before, since)) }
}

import { setTimeout as pause } from 'node:timers/promises'
import type { ChaosSession, World } from '../world.ts'
import { pauseUnless } from './pause-unless.ts'
import type { TroubleOptions } from './trouble.ts'

const BETWEEN_MS = { least: 5_000, most: 15_000 }
const MESSAGES = 300
/** Longer than the messages take to be written. */
const REFUSED_MS = 5_000
const GONE_LIMIT_MS = 60_000

/** A session is away for a while, and its contacts write so much that it comes in several batches. */
export async function makeBacklogs(world: World, { random, signal, count }: TroubleOptions): Promise<void> {
  for (let number = 1; await pauseUnless(signal, random.between(BETWEEN_MS.least, BETWEEN_MS.most)); number++) {
    const session = random.pick(world.sessions)
    // It has still to cope with the last one.
    if (world.underway.of(session) > MESSAGES / 2) continue
    const contact = random.pick(session.contacts)
    const keepAway = random.pick([stopped, refused])
    await keepAway(world, session, () => write(world, session, contact, number))
    count()
  }
}

type KeepAway = (world: World, session: ChaosSession, meanwhile: () => Promise<void>) => Promise<void>

/** By its owner's wish. It is started again whatever happens. */
const stopped: KeepAway = async (world, session, meanwhile) => {
  await world.api.want(session.name, 'stop')
  try {
    await untilGone(world, session)
    await meanwhile()
  } finally {
    await world.api.want(session.name, 'start')
  }
}

/** By WhatsApp, which lets it in again after some seconds. */
const refused: KeepAway = async ({ simulator }, { phone }, meanwhile) => {
  await simulator.orderFault({ kind: 'refuse', account: phone, ms: REFUSED_MS })
  await simulator.orderFault({ kind: 'drop', account: phone })
  await meanwhile()
}

async function write({ simulator, ledger }: World, session: ChaosSession, contact: string, number: number): Promise<void> {
  const text = `Backlog ${number}, {n}`
  const ids = await simulator.sendManyAsContact(contact, session.phone, text, MESSAGES)
  for (const [index, id] of ids.entries()) {
    ledger.issued.push({ id, session: session.name, contact, text: text.replace('{n}', String(index + 1)) })
  }
}

async function untilGone({ simulator }: World, { name, phone }: ChaosSession): Promise<void> {
  const deadline = performance.now() + GONE_LIMIT_MS
  for (;;) {
    const { accounts } = await simulator.state()
    if (accounts.some((account) => account.phone === phone && !account.connected)) return
    if (performance.now() > deadline) throw new Error(`${name} was told to stop and is still connected.`)
    await pause(100)
  }
}

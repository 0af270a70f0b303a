import { setTimeout as pause } from 'node:timers/promises'
import type { ChaosSession, World } from '../world.ts'
import { pauseUnless } from './pause-unless.ts'
import type { TroubleOptions } from './trouble-options.ts'

const BETWEEN_MS = { least: 5_000, most: 15_000 }
const MESSAGES = 300
/** WhatsApp refuses logins for this time, which is longer than the writing of the messages takes. */
const REFUSED_MS = 5_000
const GONE_LIMIT_MS = 60_000

/** Takes a session offline while a contact writes so many messages that the server delivers them in several batches. */
export async function makeBacklogs(world: World, { random, signal, count }: TroubleOptions): Promise<void> {
  for (let number = 1; await pauseUnless(signal, random.between(BETWEEN_MS.least, BETWEEN_MS.most)); number++) {
    const session = random.pick(world.sessions)
    // The session still works on its last backlog.
    if (world.underway.of(session) > MESSAGES / 2) continue
    const contact = random.pick(session.contacts)
    const keepAway = random.pick([stopped, refused])
    await keepAway(world, session, () => write(world, session, contact, number))
    count()
  }
}

type KeepAway = (world: World, session: ChaosSession, meanwhile: () => Promise<void>) => Promise<void>

/** Stops the session through the API, and starts it again in any case. */
const stopped: KeepAway = async (world, session, meanwhile) => {
  await world.api.want(session.name, 'stop')
  try {
    await untilGone(world, session)
    await meanwhile()
  } finally {
    await world.api.want(session.name, 'start')
  }
}

/** Drops the connection and has WhatsApp refuse logins for some seconds. */
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
    if (performance.now() > deadline) throw new Error(`${name} is still connected after the request to stop it.`)
    await pause(100)
  }
}

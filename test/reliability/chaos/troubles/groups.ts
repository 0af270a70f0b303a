import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { ChaosSession, World } from '../world.ts'
import { pauseUnless } from './pause-unless.ts'
import type { TroubleOptions } from './trouble-options.ts'

const BETWEEN_MS = { least: 300, most: 2_500 }
const MOST_AT_ONCE = 5
const ROTATE_SHARE = 0.15
const LEAVE_SHARE = 0.15

/** Makes the contacts of each session write to a group. Now and then a contact leaves and returns, or takes a new sender key. */
export async function writeToGroups(world: World, options: TroubleOptions): Promise<void> {
  await Promise.all(world.sessions.map((session) => writeToGroup(world, session, { ...options, random: options.random.fork() })))
}

async function writeToGroup(world: World, session: ChaosSession, { random, signal, count }: TroubleOptions): Promise<void> {
  const { simulator } = world
  const participants = [session.phone, ...session.contacts]
  const group = await simulator.createGroup(`Group of ${session.name}`, participants, random.pick(['lid', 'pn']))
  for (let number = 1; await pauseUnless(signal, random.between(BETWEEN_MS.least, BETWEEN_MS.most)); number++) {
    const contact = random.pick(session.contacts)
    if (random.chance(ROTATE_SHARE)) await simulator.rotateGroupKey(group, contact)
    if (random.chance(LEAVE_SHARE)) {
      await simulator.changeParticipants(group, { remove: [contact] })
      await simulator.changeParticipants(group, { add: [contact] })
    }
    await write(world, { session, group, contact, number }, random)
    count()
  }
}

interface Writing {
  session: ChaosSession
  group: string
  contact: string
  number: number
}

async function write({ simulator, ledger }: World, writing: Writing, random: SeededRandom): Promise<void> {
  const { session, group, contact, number } = writing
  const text = `To the group of ${session.name} ${number}, {n}`
  const ids = await simulator.sendToGroupAsContact(group, contact, text, 1 + Math.floor(random.next() * MOST_AT_ONCE))
  for (const [index, id] of ids.entries()) {
    ledger.issued.push({ id, session: session.name, contact, text: text.replace('{n}', String(index + 1)) })
  }
}

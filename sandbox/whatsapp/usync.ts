// Usync: a client asks for a number's existence, LID and devices before it writes to it.
import { getBinaryNodeChild, getBinaryNodeChildren, isLidUser } from '@whiskeysockets/baileys'
import type { LinkedDevice } from './linked-device.ts'
import { deviceNames, participantHash } from './participant-hash.ts'
import { aboutNode } from './profiles.ts'
import type { Services } from './services.ts'
import { SERVER } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import { clientsOf } from './account.ts'
import type { Account } from './account.ts'
import type { Contact } from './person.ts'
import type { World } from './world.ts'

const jidAskedFor = (user: Stanza): string => {
  if (user.attrs.jid) return user.attrs.jid
  const number = getBinaryNodeChild(user, 'contact')?.content
  const digits = typeof number === 'string' ? number : Buffer.from((number as Uint8Array | undefined) ?? []).toString()
  return `${digits.replace(/\D/g, '')}@${SERVER}`
}

type Asker = { account: Account; device: LinkedDevice }

const devicesOf = (person: Account | Contact): number[] =>
  person.listsDevices ? [...person.handsets.keys(), ...clientsOf(person).map(({ device }) => device)] : []

/** Device 0 is the phone itself; only the others have a key index. */
const describeDevices = (numbers: readonly number[], hash: string): Stanza => {
  const devices = numbers.map((n) => (n === 0 ? { id: '0' } : { id: String(n), 'key-index': String(n) }))
  const list = devices.map((attrs) => ({ tag: 'device', attrs }))
  const deviceList = { tag: 'device-list', attrs: { hash }, content: list }
  return { tag: 'devices', attrs: {}, content: [deviceList] }
}

const describe = (
  world: World,
  { account, device }: Asker,
  user: Stanza,
  asked: ReadonlySet<string>,
  tellsDevices: boolean,
): Stanza => {
  const jid = jidAskedFor(user)
  const person = world.find(jid)
  const content: Stanza[] = []
  if (asked.has('contact')) content.push({ tag: 'contact', attrs: { type: person ? 'in' : 'out' } })
  if (person?.lid !== undefined && asked.has('lid')) content.push({ tag: 'lid', attrs: { val: person.lid } })
  if (person && asked.has('status')) content.push(aboutNode(person.about))
  if (person && tellsDevices) {
    const numbers = devicesOf(person)
    device.toldDevices.set(person.phone, new Set(numbers))
    person.knownTo.add(account)
    content.push(describeDevices(numbers, participantHash(deviceNames(person, isLidUser(jid) ? 'lid' : 'pn'))))
  }
  return { tag: 'user', attrs: { jid }, content }
}

export const answerUsync = ({ world, faults }: Services, asker: Asker, usync: Stanza): Stanza => {
  const query = getBinaryNodeChild(usync, 'query')?.content
  const asked = new Set(Array.isArray(query) ? query.map((protocol) => protocol.tag) : [])
  const tellsDevices = asked.has('devices') && !faults.takeMissingDevices(asker.account.phone)
  const users = getBinaryNodeChildren(getBinaryNodeChild(usync, 'list'), 'user')
  const { sid = '', mode = 'query', context = '' } = usync.attrs
  return {
    tag: 'usync',
    attrs: { sid, mode, context, index: '0', last: 'true' },
    content: [
      { tag: 'result', attrs: {} },
      { tag: 'list', attrs: {}, content: users.map((user) => describe(world, asker, user, asked, tellsDevices)) },
    ],
  }
}

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { type Chat, EngineWorld, eventually } from '../../support/engine-world.ts'
import { queueForGroup } from '../../support/group-job.ts'
import { runMove } from '../../support/run-move.ts'
import { StockDevice } from '../../support/stock/stock-device.ts'

// Many chats, in several processes.
vi.setConfig({ testTimeout: 240_000 })

const PERSONS = Array.from({ length: 29 }, (_, index) => `55118000001${String(index).padStart(2, '0')}`)
const MEMBERS = PERSONS.slice(0, 3)
/** Those who write and read after the session has moved on. All keys move in the same way. */
const SOME = PERSONS.slice(0, 5)

let world: EngineWorld
let chat: Chat
let device: StockDevice
let group: string

beforeAll(async () => {
  world = await EngineWorld.start()
  chat = world.chat('moved')
  for (const person of PERSONS) await world.simulator.createContact(person, `Person ${person.slice(-2)}`)
  device = await StockDevice.link(world, chat.phone)
  group = await world.simulator.createGroup('Friends', [chat.phone, ...MEMBERS])
}, 120_000)

afterAll(async () => {
  await device?.remove()
  await world?.[Symbol.asyncDispose]()
})

/** Each person writes to the account, and each member to the group. Returns the texts. */
async function allWrite(when: string, persons = PERSONS): Promise<string[]> {
  for (const person of persons) await world.simulator.sendAsContact(person, chat.phone, `${when} from ${person}`)
  for (const member of MEMBERS) await world.simulator.sendToGroupAsContact(group, member, `${when} in the group from ${member}`)
  return [...persons.map((person) => `${when} from ${person}`), ...MEMBERS.map((member) => `${when} in the group from ${member}`)]
}

/** Waits until each person has the account's text, and each member the group's. */
const allRead = (when: string, persons: readonly string[]) =>
  eventually(async () => {
    const { contacts } = await world.simulator.state()
    const of = (phone: string) => contacts.find((contact) => contact.phone === phone)?.received.map(({ text }) => text) ?? []
    for (const person of persons) expect(of(person)).toContain(`${when} to ${person}`)
    for (const member of MEMBERS) expect(of(member)).toContain(`${when} to the group`)
  }, 90_000)

async function deviceWritesToAll(when: string, persons = PERSONS): Promise<void> {
  const said = persons.map((person) => device.say(`${person}@s.whatsapp.net`, `${when} to ${person}`))
  await Promise.all([...said, device.say(group, `${when} to the group`)])
  await allRead(when, persons)
}

async function sessionWritesToAll(when: string, persons = PERSONS): Promise<void> {
  await queueForGroup(world, chat, group, `${when} to the group`)
  await Promise.all(persons.map((person) => chat.send(`${when} to ${person}`, person)))
  await allRead(when, persons)
}

const deviceHas = (texts: string[]) =>
  eventually(async () => expect(await device.stored()).toEqual(expect.arrayContaining(texts)), 60_000)

const sessionHas = (texts: string[]) =>
  eventually(async () => expect(await chat.stored()).toEqual(expect.arrayContaining(texts)), 60_000)

/** Nothing was unreadable on either side, nobody asked again, and the phone was scanned once. */
async function nothingIsLost(): Promise<void> {
  // The last answers come after the messages are stored.
  await eventually(async () => expect(await chat.account()).toMatchObject({ offlineQueue: 0 }))
  const { accounts, contacts, violations } = await world.simulator.state()
  expect(violations).toEqual([])
  expect(accounts.find(({ phone }) => phone === chat.phone)).toMatchObject({ registrations: 1 })
  const trouble = contacts
    .filter(({ phone }) => PERSONS.includes(phone))
    .filter((one) => one.undecryptable + one.retryReceipts > 0)
  expect(trouble).toEqual([])
  expect(await world.google.documents.query({ collection: parkedStanzasPath(chat.sessionId) })).toEqual([])
}

test('a session of stock Baileys with 30 chats moves in without a QR code, goes on in both directions, and moves out again', async () => {
  await deviceHas(await allWrite('before'))
  await deviceWritesToAll('before')
  await device.stop()
  // WhatsApp holds these until the session is connected here.
  const meanwhile = await allWrite('meanwhile')
  const move = ['in', '--from', device.folder, '--session', chat.name]

  const dry = await runMove(world, ...move)
  expect(dry, dry.said).toMatchObject({ code: 0, result: { moved: false, report: { unreadable: [], missing: [] } } })
  expect(dry.said).not.toContain(chat.phone)
  expect(await chat.document()).toEqual({})

  const moved = await runMove(world, ...move, '--old-owner-is-stopped')
  expect(moved, moved.said).toMatchObject({ code: 0, result: { moved: true, state: 'CONNECTED' } })
  expect(await chat.document()).toMatchObject({ moved: { phase: 'arrived' }, epoch: 2 })
  await sessionHas(meanwhile)
  await sessionWritesToAll('here')
  await sessionHas(await allWrite('here'))
  await nothingIsLost()
  expect(await runMove(world, ...move, '--old-owner-is-stopped')).toMatchObject({ code: 1 })

  const folder = join(device.root, 'exported')
  const out = await runMove(world, 'out', '--session', chat.name, '--to', folder)
  expect(out, out.said).toMatchObject({ code: 0 })
  await chat.untilSession('STOPPED STOPPED exported')
  const { kinds } = out.result as { kinds: Record<string, number> }
  expect(await readdir(folder)).toHaveLength(Object.values(kinds).reduce((sum, count) => sum + count, 1))
  const second = await runMove(world, 'out', '--session', chat.name, '--to', join(device.root, 'second'))
  expect(second).toMatchObject({ code: 1, said: expect.stringContaining('exported already') as string })
  const away = await allWrite('away', SOME)
  await device.start(folder)
  await deviceHas(away)
  await deviceWritesToAll('back', SOME)
  await deviceHas(await allWrite('back', SOME))
  await nothingIsLost()

  await device.stop()
  const refused = await world.api.want(chat.name, 'start').catch((error: unknown) => error)
  expect(refused).toMatchObject({ status: 409, code: 'session-exported' })
  const again = await runMove(world, 'in', '--from', folder, '--session', chat.name, '--old-owner-is-stopped')
  expect(again, again.said).toMatchObject({ code: 0, result: { state: 'CONNECTED' } })
  await sessionHas(await allWrite('home', SOME))
  await sessionWritesToAll('home', SOME)
  await nothingIsLost()
})

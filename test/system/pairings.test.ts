import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SimulatorEvent } from '../support/event-reader.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({ runnerEnv: { MAX_PAIRINGS: '1' } })
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

/** Creates a session that shows a QR code, and a phone that can scan it. */
async function shown(name: string): Promise<Chat> {
  const chat = world.chat(name)
  await world.simulator.createPhone(chat.phone)
  await world.api.createSession(name)
  await chat.untilSession('SCAN_QR_CODE PAIRING scan-qr')
  return chat
}

const scan = (chat: Chat) => eventually(async () => world.simulator.scan(chat.phone, (await world.api.qrCode(chat.name)) ?? ''))

const of =
  (type: string, { phone }: Chat) =>
  (event: SimulatorEvent) =>
    event.type === type && event.phone === phone

test('a session that WhatsApp greets as linked before anybody scanned its code is not connected, and shows a code', async () => {
  await world.post('/faults', { kind: 'early-success' })
  const chat = world.chat('greeted')
  await world.simulator.createPhone(chat.phone)
  await world.api.createSession(chat.name)
  const greeted = await world.happens(({ type }) => type === 'registration')
  await world.happens(({ type, connection }) => type === 'registration' && connection !== greeted['connection'])
  await chat.untilSession('SCAN_QR_CODE PAIRING scan-qr')
  const said = world.happened.filter(({ type, connection }) => type === 'frame' && connection === greeted['connection'])
  expect(said.filter(({ xmlns }) => xmlns !== undefined)).toEqual([])
  await scan(chat)
  await chat.works()
  expect(await chat.account()).toMatchObject({ registrations: 1, connected: true })
})

test('devices are linked one at a time, while QR codes and the connections of linked devices do not wait', async () => {
  const linked = await world.linked('linked')
  // Pairings run one at a time, but a QR code that stays unscanned does not block the others: each session shows its own.
  const [unscanned, one, other] = [await shown('unscanned'), await shown('one'), await shown('other')]
  await Promise.all([one, other].map(scan))
  const since = world.happened.length
  await linked.fault('drop')
  await world.happens(of('login', linked), since)
  await Promise.all([one, other].map((chat) => chat.works()))
  const [first, second] = await Promise.all([one, other].map((chat) => world.happens(of('login', chat))))
  const active = await Promise.all([one, other].map((chat) => world.happens(of('active', chat))))
  const between = Math.max(first?.at ?? 0, second?.at ?? 0) - Math.min(...active.map(({ at }) => at))
  // The second device logged in only after WhatsApp had delivered the backlog of the first one.
  expect(between).toBeGreaterThan(2500)
  await unscanned.untilSession('SCAN_QR_CODE PAIRING scan-qr')
})

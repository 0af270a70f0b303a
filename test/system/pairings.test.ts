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

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SimulatorEvent } from '../support/event-reader.ts'
import { type Chat, EngineWorld, eventually } from '../support/world.ts'

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({ runnerEnv: { MAX_PAIRINGS: '1' } })
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

/** Its phone lies ready beside its QR code. */
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

test('devices are linked one at a time, and neither QR codes nor the devices that are linked have to wait for it', async () => {
  const linked = await world.linked('linked')
  // A QR code that nobody scans holds nobody up: there is one for each, though one is dear at a time.
  const [unscanned, one, other] = [await shown('unscanned'), await shown('one'), await shown('other')]
  await Promise.all([one, other].map(scan))
  const since = world.happened.length
  await linked.fault('drop')
  await world.happens(of('login', linked), since)
  await Promise.all([one, other].map((chat) => chat.works()))
  const [first, second] = await Promise.all([one, other].map((chat) => world.happens(of('login', chat))))
  const active = await Promise.all([one, other].map((chat) => world.happens(of('active', chat))))
  const between = Math.max(first?.at ?? 0, second?.at ?? 0) - Math.min(...active.map(({ at }) => at))
  // The second one logged in when WhatsApp had told the first one what it had to tell.
  expect(between).toBeGreaterThan(2500)
  await unscanned.untilSession('SCAN_QR_CODE PAIRING scan-qr')
})

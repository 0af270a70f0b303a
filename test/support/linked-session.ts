import { setTimeout as pause } from 'node:timers/promises'
import type { ApiClient } from './api-client.ts'
import { RequestFailed } from './json-request.ts'
import type { SimulatorClient } from './simulator-client.ts'

/** A session and its linked phone. */
export interface LinkedSession {
  name: string
  phone: string
}

const LIMIT_MS = 60_000
const LOOK_EVERY_MS = 100

/** Rests for twice as long as the look took, because a look is work for three processes of a machine that is busy with the link. */
const rest = async (lookedAt: number): Promise<void> =>
  await pause(Math.max(LOOK_EVERY_MS, Math.min(2 * (performance.now() - lookedAt), LONGEST_REST_MS)))

const LONGEST_REST_MS = 1000

/** Creates the session, scans its QR code with the phone, and waits until the session is connected, as a user does. */
export async function linkSession(api: ApiClient, simulator: SimulatorClient, wanted: LinkedSession): Promise<LinkedSession> {
  const { name, phone } = wanted
  await simulator.createPhone(phone)
  if (!(await api.createSession(name))) throw new Error(`There is a session ${name} already.`)
  const deadline = performance.now() + LIMIT_MS
  await scanWhenShown(api, simulator, wanted, deadline)
  for (;;) {
    const lookedAt = performance.now()
    const session = await api.session(name)
    if (session.status === 'WORKING') return { name, phone }
    if (performance.now() > deadline) throw new Error(`${name} is ${session.state} after the scan: ${session.sentence}`)
    await rest(lookedAt)
  }
}

async function scanWhenShown(
  api: ApiClient,
  simulator: SimulatorClient,
  { name, phone }: LinkedSession,
  deadline: number,
): Promise<void> {
  for (;;) {
    const lookedAt = performance.now()
    const qr = await api.qrCode(name)
    try {
      if (qr !== null) return void (await simulator.scan(phone, qr))
    } catch (error) {
      // The next code has replaced this one during the scan.
      if (!(error instanceof RequestFailed) || performance.now() > deadline) throw error
    }
    if (performance.now() > deadline) throw new Error(`${name} showed no QR code: ${(await api.session(name)).sentence}`)
    await rest(lookedAt)
  }
}

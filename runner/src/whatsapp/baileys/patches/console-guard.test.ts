import { format } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silenceConsole } from './console-guard.ts'
import { startChat } from '../testing/signal-endpoint.ts'

const original = { ...console }
const printed: string[] = []

const print = (...values: unknown[]): void => void printed.push(format(...values))

beforeEach(() => {
  printed.length = 0
  Object.assign(console, { log: print, info: print, warn: print, error: print })
})

afterEach(() => {
  Object.assign(console, original)
})

/** Closes a session and returns the private key of its ratchet, in the form in which the console shows bytes. */
const closeSession = async (): Promise<string> => {
  const [ours, theirs] = await startChat()
  const record = JSON.parse(ours.sessionRecord(theirs)) as {
    _sessions: Record<string, { currentRatchet: { ephemeralKeyPair: { privKey: string } } }>
  }
  const [open] = Object.values(record._sessions)
  await ours.openSession(theirs)
  const key = Buffer.from(open?.currentRatchet.ephemeralKeyPair.privKey ?? '', 'base64')
  expect(key).toHaveLength(32)
  return key.toString('hex').replaceAll(/(..)(?=.)/g, '$1 ')
}

test('libsignal without the guard prints the private keys of a closed session', async () => {
  const privateKey = await closeSession()
  expect(
    printed.filter((line) => line.includes(privateKey)),
    'libsignal no longer prints private keys: remove console-guard.ts and its use in install-patches.ts.',
  ).not.toEqual([])
})

test('libsignal with the guard prints nothing', async () => {
  const guard = silenceConsole()
  await closeSession()
  expect(printed).toEqual([])
  expect(guard.dropped).toBeGreaterThan(0)
})

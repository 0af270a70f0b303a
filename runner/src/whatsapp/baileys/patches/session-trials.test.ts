import SessionCipher from 'libsignal/src/session_cipher.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silenceConsole } from './console-guard.ts'
import { patchSessionTrials } from './session-trials.ts'
import { exchange, startChat } from '../testing/signal-endpoint.ts'

// libsignal prints each failed attempt to the console.
silenceConsole()

const stock = Reflect.get(SessionCipher.prototype, 'decryptWithSessions')

beforeEach(() => {
  SessionCipher.prototype.decryptWithSessions = stock
})

afterEach(() => {
  SessionCipher.prototype.decryptWithSessions = stock
})

/** Opens a new session while a message of the old one is in flight: without a crash, a lost message or a faulty client. */
const newSessionWithOneInFlight = async () => {
  const [ours, theirs] = await startChat()
  const inFlight = await theirs.encrypt(ours, 'in flight')
  await ours.openSession(theirs)
  const first = await ours.decrypt(theirs, inFlight)
  return { ours, theirs, first }
}

const attempt = (reading: Promise<string>): Promise<string> => reading.catch(() => 'undecryptable')

const threeMore = async ({ ours, theirs }: Awaited<ReturnType<typeof newSessionWithOneInFlight>>) => {
  const read: string[] = []
  for (const text of ['one', 'two', 'three']) read.push(await attempt(exchange(ours, theirs, text)))
  return read
}

describe('a new session, opened while a message is in flight on the old one', () => {
  test('makes every later message undecryptable without the patch', async () => {
    const chat = await newSessionWithOneInFlight()
    expect(chat.first).toBe('in flight')
    expect(
      await threeMore(chat),
      'libsignal has fixed its session trials: remove session-trials.ts, its use in install-patches.ts, and this test.',
    ).toEqual(['undecryptable', 'undecryptable', 'undecryptable'])
  })

  test('leaves both sessions usable in both directions with the patch', async () => {
    patchSessionTrials()
    const chat = await newSessionWithOneInFlight()
    expect(chat.first).toBe('in flight')
    expect(await threeMore(chat)).toEqual(['one', 'two', 'three'])
    expect(await exchange(chat.theirs, chat.ours, 'and back')).toBe('and back')
  })
})

describe('a patched decryption', () => {
  beforeEach(() => patchSessionTrials())

  test('refuses a message that fits no session and changes no session', async () => {
    const [ours, theirs] = await startChat()
    const [others, strangers] = await startChat()
    await expect(ours.decrypt(theirs, await strangers.encrypt(others, 'of another chat'))).rejects.toThrow('No matching sessions')
    expect(await exchange(theirs, ours, 'still here')).toBe('still here')
    expect(await exchange(ours, theirs, 'so am I')).toBe('so am I')
  })

  test('reads the same message only once', async () => {
    const [ours, theirs] = await startChat()
    const message = await theirs.encrypt(ours, 'once')
    expect(await ours.decrypt(theirs, message)).toBe('once')
    await expect(ours.decrypt(theirs, message)).rejects.toThrow('No matching sessions')
  })
})

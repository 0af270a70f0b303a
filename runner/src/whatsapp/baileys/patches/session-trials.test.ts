import SessionCipher from 'libsignal/src/session_cipher.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silenceConsole } from './console-guard.ts'
import { patchSessionTrials } from './session-trials.ts'
import { exchange, startChat } from '../testing/signal-endpoint.ts'

// libsignal explains each failed attempt on the console.
silenceConsole()

const stock = Reflect.get(SessionCipher.prototype, 'decryptWithSessions')

beforeEach(() => {
  SessionCipher.prototype.decryptWithSessions = stock
})

afterEach(() => {
  SessionCipher.prototype.decryptWithSessions = stock
})

/** No crash, no lost message, nobody misbehaves: a new session is made while a message of the old one is on its way. */
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

describe('a new session, with one message in flight on the old one', () => {
  test('libsignal as it is: everything that is sent from then on is undecryptable', async () => {
    const chat = await newSessionWithOneInFlight()
    expect(chat.first).toBe('in flight')
    expect(
      await threeMore(chat),
      'libsignal has mended its session trials: signal-session-mend.ts, its use in mends.ts, and this test can go.',
    ).toEqual(['undecryptable', 'undecryptable', 'undecryptable'])
  })

  test('mended: both sessions stay usable, both ways', async () => {
    patchSessionTrials()
    const chat = await newSessionWithOneInFlight()
    expect(chat.first).toBe('in flight')
    expect(await threeMore(chat)).toEqual(['one', 'two', 'three'])
    expect(await exchange(chat.theirs, chat.ours, 'and back')).toBe('and back')
  })
})

describe('mended, where nothing was broken', () => {
  beforeEach(() => patchSessionTrials())

  test('a message that fits no session is refused, and harms none', async () => {
    const [ours, theirs] = await startChat()
    const [others, strangers] = await startChat()
    await expect(ours.decrypt(theirs, await strangers.encrypt(others, 'of another chat'))).rejects.toThrow('No matching sessions')
    expect(await exchange(theirs, ours, 'still here')).toBe('still here')
    expect(await exchange(ours, theirs, 'so am I')).toBe('so am I')
  })

  test('the same message is read once only', async () => {
    const [ours, theirs] = await startChat()
    const message = await theirs.encrypt(ours, 'once')
    expect(await ours.decrypt(theirs, message)).toBe('once')
    await expect(ours.decrypt(theirs, message)).rejects.toThrow('No matching sessions')
  })
})

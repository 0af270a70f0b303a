import { BufferJSON } from '@whiskeysockets/baileys'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeValue } from './codec.ts'
import { silenceConsole } from '../patches/console-guard.ts'
import { pruneSessionRecord } from './session-pruning.ts'
import { patchSessionTrials } from '../patches/session-trials.ts'
import { exchange, startChat, type SignalMessage } from '../testing/signal-endpoint.ts'

beforeAll(() => {
  silenceConsole()
  patchSessionTrials()
})

const sessionsIn = (record: string): number =>
  Object.keys((JSON.parse(record, BufferJSON.reviver) as { _sessions: object })._sessions).length

describe('a pruned session record', () => {
  test('keeps the session that the contact uses despite ten new sessions that never reached it', async () => {
    const [ours, theirs] = await startChat(encodeValue)
    for (let restart = 0; restart < 10; restart++) {
      await ours.openSession(theirs)
      await ours.encrypt(theirs, 'never arrives')
    }
    expect(await exchange(theirs, ours, 'on the old session')).toBe('on the old session')
    expect(await exchange(theirs, ours, 'and again')).toBe('and again')
  })

  test('keeps only a few older sessions once the contact was heard on a later one', async () => {
    const [ours, theirs] = await startChat(encodeValue)
    const straggler = { text: 'sent before the last change', sent: await theirs.encrypt(ours, 'sent before the last change') }
    for (let change = 0; change < 10; change++) {
      await ours.openSession(theirs)
      await exchange(ours, theirs, 'on the new session')
      await exchange(theirs, ours, 'heard')
      if (change === 8) straggler.sent = await theirs.encrypt(ours, straggler.text)
    }
    expect(sessionsIn(ours.sessionRecord(theirs))).toBe(1 + 4)
    expect(await ours.decrypt(theirs, straggler.sent)).toBe(straggler.text)
  })
})

describe('the receiving chains of a session record', () => {
  const pingPong = async (encode: typeof encodeValue | undefined, rounds: number): Promise<string> => {
    const [ours, theirs] = await startChat(encode)
    for (let round = 0; round < rounds; round++) {
      await exchange(ours, theirs, 'ping')
      await exchange(theirs, ours, 'pong')
    }
    return ours.sessionRecord(theirs)
  }

  test('grow with each turn of the conversation without pruning', async () => {
    expect(Buffer.byteLength(await pingPong(undefined, 100))).toBeGreaterThan(8 * 1024)
  })

  test('stay bounded over 2,000 messages with pruning, and old duplicates are still recognized', async () => {
    const [ours, theirs] = await startChat(encodeValue)
    const sizes: number[] = []
    const duplicates: SignalMessage[] = []
    // Four in a row from each, so that there are 500 turns.
    for (let round = 0; round < 250; round++) {
      for (const text of ['1', '2', '3', '4']) await exchange(ours, theirs, text)
      for (const text of ['1', '2', '3']) await exchange(theirs, ours, text)
      const pong = await theirs.encrypt(ours, '4')
      await ours.decrypt(theirs, pong)
      if (round % 50 === 0) duplicates.push(pong)
      if (round % 25 === 24) sizes.push(Buffer.byteLength(ours.sessionRecord(theirs)))
    }
    expect(Math.max(...sizes)).toBeLessThan(4 * 1024)
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(100)
    for (const duplicate of duplicates) await expect(ours.decrypt(theirs, duplicate)).rejects.toThrow()
    expect(await exchange(theirs, ours, 'goes on')).toBe('goes on')
  })

  test('still decrypt a message that was overtaken many turns ago', async () => {
    const [ours, theirs] = await startChat(encodeValue)
    const late = await theirs.encrypt(ours, 'overtaken')
    for (let turn = 0; turn < 20; turn++) {
      await exchange(theirs, ours, 'pong')
      await exchange(ours, theirs, 'ping')
    }
    expect(await ours.decrypt(theirs, late)).toBe('overtaken')
  })
})

test('a value that is no session record stays as it is', () => {
  for (const value of [null, undefined, 7, 'text', {}]) expect(pruneSessionRecord(value)).toBe(value)
})

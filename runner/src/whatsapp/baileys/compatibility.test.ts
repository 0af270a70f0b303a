import './patches/inflate-limit.ts'
import { EventEmitter } from 'node:events'
import { addTransactionCapability, type WASocket } from '@whiskeysockets/baileys'
import { createLogger } from '@holdfast/core/platform/logging'
import SessionCipher from 'libsignal/src/session_cipher.js'
import { beforeEach, describe, expect, test } from 'vitest'
import { assertLibraries, assertSocket } from './compatibility.ts'
import { DeviceUnderTest } from './testing/device-under-test.ts'

describe('the libraries', () => {
  test('are accepted in the pinned versions', async () => {
    await expect(assertLibraries()).resolves.toBeUndefined()
  })

  test('are refused in another version, with advice', async () => {
    const refused = assertLibraries(() => '7.0.0')
    await expect(refused).rejects.toMatchObject({ code: 'library-changed', advice: expect.stringContaining('package-lock.json') })
    await expect(refused).rejects.toThrow('@whiskeysockets/baileys is 7.0.0 and not 7.0.0-rc14')
  })

  test('are refused without the function that a patch replaces', async () => {
    const whole = Object.getOwnPropertyDescriptor(SessionCipher.prototype, 'decryptWithSessions') ?? {}
    Object.assign(SessionCipher.prototype, { decryptWithSessions: undefined })
    try {
      await expect(assertLibraries()).rejects.toThrow('libsignal tries sessions in another way')
    } finally {
      Object.defineProperty(SessionCipher.prototype, 'decryptWithSessions', whole)
    }
  })
})

describe('a socket', () => {
  let device: DeviceUnderTest
  let socket: { ws: EventEmitter & { socket: object }; authState: { keys: object } } & Record<string, unknown>

  beforeEach(() => {
    device = new DeviceUnderTest()
    const keys = addTransactionCapability(device.keyStore.store, createLogger('test', 'silent'), {
      maxCommitRetries: 1,
      delayBetweenTriesMs: 1,
    })
    device.keyStore.install(keys)
    const ws = Object.assign(new EventEmitter(), { socket: { send: () => {}, terminate: () => {} } })
    for (const event of ['CB:message', 'CB:receipt', 'CB:notification', 'CB:call']) ws.on(event, () => {})
    const sending = ['relayMessage', 'groupMetadata', 'getUSyncDevices', 'assertSessions', 'sendMessageAck', 'sendNode']
    const names = [...sending, 'resyncAppState', 'executeUSyncQuery', 'query', 'onWhatsApp', 'requestPairingCode', 'end']
    socket = { ws, authState: { keys }, ...Object.fromEntries(names.map((name) => [name, () => {}])) }
  })

  const look = () => assertSocket(socket as unknown as WASocket, device.keyStore)

  test('that fits is accepted, and its WebSocket returned', () => {
    expect(look()).toBe(socket.ws.socket)
  })

  test.each([
    ['keeps its WebSocket elsewhere', () => Object.assign(socket.ws, { socket: undefined })],
    ['does not share one object of keys', () => Object.assign(socket.authState, { keys: {} })],
    ['listens to CB:message 2 times', () => socket.ws.on('CB:message', () => {})],
    ['listens to CB:notification 0 times', () => socket.ws.removeAllListeners('CB:notification')],
    ['has no resyncAppState', () => Object.assign(socket, { resyncAppState: undefined })],
    ['has no assertSessions', () => Object.assign(socket, { assertSessions: undefined })],
  ])('is refused when Baileys %s', (problem, change) => {
    change()
    expect(look).toThrow(problem)
  })

  test('is refused when its keys have no transactions to replace', () => {
    expect(() => device.keyStore.install({} as never)).toThrow('no transactions')
  })
})

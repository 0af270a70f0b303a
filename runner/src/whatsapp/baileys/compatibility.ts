import { timesInflated } from './patches/inflate-limit.ts'
import { createRequire } from 'node:module'
import { deflateSync } from 'node:zlib'
import * as baileys from '@whiskeysockets/baileys'
import type { BinaryNode, WASocket } from '@whiskeysockets/baileys'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { createLogger } from '@holdfast/core/platform/logging'
import SessionCipher from 'libsignal/src/session_cipher.js'
import type { RawSocket } from '../frame-gate.ts'
import type { KeyStore } from './signal/key-store.ts'

/**
 * The versions of Baileys and libsignal for which this program was written. The program relies on more than their documented
 * interfaces, as read and tried in exactly these versions. Another version may differ and fail in silence, so this file checks
 * those parts before the first connection.
 */
const VERSIONS = { '@whiskeysockets/baileys': '7.0.0-rc14', libsignal: '6.0.0' } as const

const EXPORTS = [
  'makeWASocket',
  'decodeMessageNode',
  'decryptMessageNode',
  'encodeBinaryNode',
  'decodeBinaryNode',
  'downloadContentFromMessage',
  'processHistoryMessage',
  'generateWAMessageFromContent',
  'unpadRandomMax16',
  'addTransactionCapability',
] as const satisfies readonly (keyof typeof baileys)[]

/** The events of the stanzas that Baileys answers. Baileys has one listener for each. */
const ANSWERED = ['CB:message', 'CB:receipt', 'CB:notification', 'CB:call'] as const

const OF_A_SOCKET = [
  'relayMessage',
  'getUSyncDevices',
  'groupMetadata',
  'assertSessions',
  'resyncAppState',
  'executeUSyncQuery',
  'sendMessageAck',
  'sendNode',
  'query',
  'onWhatsApp',
  'requestPairingCode',
  'end',
] as const

/** Checks the installed libraries. @throws HoldfastError `library-changed`, with the part that differs. */
export async function assertLibraries(versionOf: (name: string) => unknown = installedVersion): Promise<void> {
  for (const [name, version] of Object.entries(VERSIONS)) {
    expect(versionOf(name) === version, `${name} is ${String(versionOf(name))} and not ${version}`)
  }
  const exported = new Map<string, unknown>(Object.entries(baileys))
  for (const name of EXPORTS) expect(typeof exported.get(name) === 'function', `Baileys does not export ${name}`)
  const { decryptWithSessions } = SessionCipher.prototype as Partial<typeof SessionCipher.prototype>
  expect(typeof decryptWithSessions === 'function', 'libsignal tries sessions in another way')
  await assertHandedOver()
  await assertInflateLimit()
}

/** Checks that Baileys inflates frames with the `inflate` of `inflate-limit.ts`. */
async function assertInflateLimit(): Promise<void> {
  const before = timesInflated()
  const frame = baileys.encodeBinaryNode({ tag: 'ib', attrs: {} })
  await baileys.decodeBinaryNode(Buffer.concat([Buffer.of(2), deflateSync(frame.subarray(1))]))
  expect(timesInflated() === before + 1, 'Baileys was loaded before `inflate-limit.ts` and inflates frames without a limit')
}

/** Checks that Baileys hands the very buffer of a stanza to the Signal repository. The buffer leads back to the stanza. */
async function assertHandedOver(): Promise<void> {
  const handed: unknown[] = []
  const repository = {
    lidMapping: { getLIDForPN: () => Promise.resolve(null) },
    decryptMessage: ({ ciphertext }: { ciphertext: unknown }) => {
      handed.push(ciphertext)
      return refuse()
    },
    decryptGroupMessage: ({ msg }: { msg: unknown }) => {
      handed.push(msg)
      return refuse()
    },
  }
  const contents = ['pkmsg', 'msg', 'skmsg'].map((type) => ({ type, content: Buffer.from(type) }))
  const stanza: BinaryNode = {
    tag: 'message',
    attrs: { id: '1', from: '1@g.us', participant: '2@s.whatsapp.net', t: '1' },
    content: contents.map(({ type, content }) => ({ tag: 'enc', attrs: { v: '2', type }, content })),
  }
  const silent = createLogger('surface', 'silent')
  type Repository = Parameters<typeof baileys.decryptMessageNode>[3]
  const message = baileys.decryptMessageNode(stanza, '3@s.whatsapp.net', '4@lid', repository as unknown as Repository, silent)
  await message.decrypt()
  const isSame = contents.every(({ content }, index) => handed[index] === content)
  expect(isSame, 'Baileys does not hand the buffers of a stanza to the Signal repository')
}

const refuse = (): Promise<never> => Promise.reject(new Error('This call only checks which buffer is handed over.'))

/**
 * Checks a socket and returns its WebSocket. Call it in the tick that made the socket.
 *
 * @throws HoldfastError `library-changed`
 */
export function assertSocket(socket: WASocket, keyStore: KeyStore): RawSocket {
  const raw = (socket.ws as unknown as { socket?: Partial<RawSocket> }).socket
  expect(typeof raw?.send === 'function' && typeof raw.terminate === 'function', 'Baileys keeps its WebSocket elsewhere')
  expect(keyStore.isInstalledOn(socket.authState.keys), 'Baileys does not share one object of keys')
  for (const event of ANSWERED) {
    expect(socket.ws.listenerCount(event) === 1, `Baileys listens to ${event} ${socket.ws.listenerCount(event)} times`)
  }
  for (const name of OF_A_SOCKET) expect(typeof socket[name] === 'function', `a socket of Baileys has no ${name}`)
  return raw as RawSocket
}

function expect(isSo: boolean, problem: string): void {
  if (isSo) return
  throw new HoldfastError('library-changed', `The installed libraries do not fit this program: ${problem}.`, {
    advice:
      'Install exactly the versions in package-lock.json. A later version must be read and tried before it may carry sessions.',
  })
}

function installedVersion(name: string): unknown {
  const read = createRequire(import.meta.url)
  return (read(`${name}/package.json`) as { version?: unknown }).version
}

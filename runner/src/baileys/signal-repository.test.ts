import {
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  addTransactionCapability,
  generateSignalPubKey,
  initAuthCreds,
  proto,
  writeRandomPadMax16,
  type AuthenticationCreds,
  type BinaryNode,
  type SignalDataSet,
  type SignalKeyStore,
} from '@whiskeysockets/baileys'
import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { SessionCipher } from '@holdfast/core/envelope'
import { createLogger } from '@holdfast/core/logging'
import type { DocumentStore } from '@holdfast/core/ports'
import { systemClock } from '@holdfast/core/system-clock'
import type { Entry } from '../session/group.ts'
import { Inbox } from '../session/inbox.ts'
import type { Journal } from '../session/journal.ts'
import type { Mutation } from '@holdfast/core/session-log/mutation'
import { SessionState } from '../session/session-state.ts'
import { StateImage } from '@holdfast/core/session-log/state-image'
import { encodeCreds } from './codec.ts'
import { silenceConsole } from './console-guard.ts'
import { KeyStore } from './key-store.ts'
import { SerialQueue, makeSignalRepository } from './signal-repository.ts'

const SILENT = createLogger('test', 'silent')
const ONCE = { maxCommitRetries: 1, delayBetweenTriesMs: 1 }
const OURS = '5511900000001@s.whatsapp.net'
const THEIRS = '5511900000002@s.whatsapp.net'

type Repository = ReturnType<ReturnType<typeof makeSignalRepository>>

const stanzas = new WeakMap<Uint8Array, BinaryNode>()

let creds: AuthenticationCreds
let image: StateImage
let appended: Entry[]
let keyStore: KeyStore
let ours: Repository
let theirs: Repository
let inbox: Inbox

beforeEach(async () => {
  silenceConsole()
  creds = initAuthCreds()
  image = new StateImage()
  image.creds = encodeCreds(creds)
  appended = []
  const journal = { append: (entry: Entry) => appended.push(entry) } as unknown as Journal
  const state = new SessionState(image, journal)
  const changedCreds = () => (encodeCreds(creds) === image.creds ? undefined : encodeCreds(creds))
  keyStore = new KeyStore({ state, changedCreds })
  const cipher = new SessionCipher('default.shop', new Map([[1, randomBytes(32)]]), 1)
  inbox = new Inbox({
    state,
    cipher,
    documents: {} as DocumentStore,
    clock: systemClock,
    logger: createLogger('test', 'silent'),
  })
  const queue = new SerialQueue()
  const make = makeSignalRepository({ keyStore, inbox, queue, stanzaOf: (bytes) => stanzas.get(bytes), now: () => 0 })
  ours = make({ creds, keys: addTransactionCapability(keyStore.store, SILENT, ONCE) }, SILENT)
  theirs = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(
    { creds: initAuthCreds(), keys: addTransactionCapability(inMemory(), SILENT, ONCE) },
    SILENT,
  )
  await theirs.injectE2ESession({ jid: OURS, session: await ourBundle() })
  appended.length = 0
})

async function ourBundle() {
  const pair = Curve.generateKeyPair()
  await keyStore.store.set({ 'pre-key': { '1': pair } })
  const { registrationId, signedIdentityKey, signedPreKey } = creds
  return {
    registrationId,
    identityKey: generateSignalPubKey(signedIdentityKey.public),
    signedPreKey: {
      keyId: signedPreKey.keyId,
      publicKey: generateSignalPubKey(signedPreKey.keyPair.public),
      signature: signedPreKey.signature,
    },
    preKey: { keyId: 1, publicKey: generateSignalPubKey(pair.public) },
  }
}

function inMemory(): SignalKeyStore {
  const values = new Map<string, unknown>()
  return {
    get: async (kind, ids) =>
      Object.fromEntries(ids.map((id) => [id, values.get(`${kind}|${id}`)]).filter(([, value]) => value !== undefined)) as never,
    set: async (data: SignalDataSet) => {
      for (const [kind, changes] of Object.entries(data)) {
        for (const [id, value] of Object.entries(changes)) values.set(`${kind}|${id}`, value)
      }
    },
  }
}

/** A message of the contact, as it arrives. */
async function incoming(message: proto.IMessage, attrs: Record<string, string> = {}) {
  const data = writeRandomPadMax16(proto.Message.encode(message).finish())
  const { type, ciphertext } = await theirs.encryptMessage({ jid: OURS, data })
  const stanza = { tag: 'message', attrs: { id: 'M1', from: THEIRS, t: '1700000000', ...attrs } }
  stanzas.set(ciphertext, stanza)
  return { jid: THEIRS, type, ciphertext }
}

const kindsIn = (mutation: Mutation | undefined): string[] => Object.keys(mutation?.keys ?? {}).toSorted()

describe('a received message', () => {
  test('is in one mutation with the ratchet step that decrypted it and the pre-key that it used up', async () => {
    await ours.decryptMessage(await incoming({ conversation: 'hello' }))
    expect(appended).toHaveLength(1)
    expect(kindsIn(appended[0]?.mutation)).toEqual(expect.arrayContaining(['inbox', 'pre-key', 'session']))
    expect(appended[0]?.mutation?.keys?.['pre-key']).toEqual({ '1': null })
    expect(appended[0]?.writes?.({ sequence: 7, index: 0, prevHash: '' })).toMatchObject([
      { kind: 'merge', fields: { messageId: 'M1' } },
    ])
  })

  test('that comes again is answered from its row, without the ratchet, which could not do it again', async () => {
    const request = await incoming({ conversation: 'hello' })
    const first = await ours.decryptMessage(request)
    const again = await ours.decryptMessage({ ...request, ciphertext: Buffer.from(request.ciphertext) })
    expect(Buffer.from(again).equals(Buffer.from(first))).toBe(true)
    expect(appended).toHaveLength(1)
  })

  test('that comes again although its receipt was acknowledged says nothing, and changes nothing', async () => {
    const request = await incoming({ conversation: 'hello' })
    await ours.decryptMessage(request)
    appended[0]?.onWritten?.()
    inbox.receiptAcknowledged('M1')
    const again = Buffer.from(await ours.decryptMessage(request))
    expect(proto.Message.decode(again.subarray(0, -1)).conversation).toBe('')
    expect(appended).toHaveLength(1)
  })

  test('that does not decrypt leaves no row, so that it may be asked for again', async () => {
    const request = await incoming({ conversation: 'hello' })
    const broken = Buffer.from(request.ciphertext)
    // Within the message itself; what comes after it in this envelope is not authenticated.
    broken[broken.length - 12] = (broken.at(-12) ?? 0) ^ 1
    await expect(ours.decryptMessage({ ...request, ciphertext: broken })).rejects.toThrow()
    expect(appended).toEqual([])
    await ours.decryptMessage(request)
    expect(appended).toHaveLength(1)
  })

  test('on a connection that is over leaves no trace', async () => {
    const request = await incoming({ conversation: 'hello' })
    keyStore.close()
    await ours.decryptMessage(request)
    expect([appended.length, image.count('inbox'), image.count('session')]).toEqual([0, 0, 0])
  })
})

test('app-state keys that the phone shares are in the mutation of the message that brings them, and so is their name', async () => {
  const keyId = Buffer.from('key 1')
  const keys = [{ keyId: { keyId }, keyData: { keyData: randomBytes(32) } }]
  const type = proto.Message.ProtocolMessage.Type.APP_STATE_SYNC_KEY_SHARE
  const share = { protocolMessage: { type, appStateSyncKeyShare: { keys } } }
  await ours.decryptMessage(await incoming(share, { category: 'peer' }))
  expect(appended).toHaveLength(1)
  expect(kindsIn(appended[0]?.mutation)).toEqual(expect.arrayContaining(['app-state-sync-key', 'inbox', 'session']))
  expect(appended[0]?.mutation?.creds).toContain(keyId.toString('base64'))
})

test('the ratchet step of a message to send is journaled before the transaction around it ends', async () => {
  await ours.decryptMessage(await incoming({ conversation: 'hello' }))
  appended.length = 0
  await keyStore.transaction(async () => {
    await ours.encryptMessage({ jid: THEIRS, data: writeRandomPadMax16(Buffer.from('reply')) })
    expect(appended.map(({ mutation }) => kindsIn(mutation))).toEqual([['session']])
  }, 'of the sender')
})

test('work for a session is done one after the other', async () => {
  const queue = new SerialQueue()
  const order: string[] = []
  const { promise: open, resolve: finish } = Promise.withResolvers<void>()
  const first = queue.run(async () => {
    await open
    order.push('first')
    throw new Error('the first one failed')
  })
  const second = queue.run(async () => order.push('second'))
  finish()
  await expect(first).rejects.toThrow('the first one failed')
  await second
  expect(order).toEqual(['first', 'second'])
})

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test, vi } from 'vitest'
import { pruneSessionRecord } from '../signal/session-pruning.ts'
import { senderKeyOfRecord, sessionOfRecord } from './signal-records.ts'

/**
 * Both sides of conversations: the account's records were written by Signal's own library (@signalapp/libsignal-client 0.22.0), those of its
 * contacts by libsignal for Node, in conversations that the two had with each other.
 */
interface Fixture {
  readonly account: { readonly registrationId: number; readonly identityKey: string; readonly signedPreKey: string }
  readonly contacts: readonly Contact[]
  /** A message of the first contact that the account has not read. */
  readonly skipped: string
}

interface Contact {
  readonly name: string
  readonly registrationId: number
  readonly identity: { readonly pubKey: string; readonly privKey: string }
  readonly record: object
  /** The contact as it was before it began a second session. */
  readonly olderRecord?: object
  /** What the account has stored. */
  readonly stored: string
}

interface SignalLibrary {
  readonly ProtocolAddress: new (name: string, device: number) => object
  readonly SessionRecord: { deserialize(stored: object): { serialize(): object } }
  readonly SessionCipher: new (storage: object, address: object) => Cipher
}

interface Cipher {
  encrypt(text: Buffer): Promise<{ type: number; body: Buffer }>
  decryptWhisperMessage(body: Buffer): Promise<Buffer>
  decryptPreKeyWhisperMessage(body: Buffer): Promise<Buffer>
}

const signal = createRequire(import.meta.url)('libsignal') as SignalLibrary
const fixture = JSON.parse(readFileSync(new URL('./signal-records.fixture.json', import.meta.url), 'utf8')) as Fixture

// libsignal prints sessions.
for (const method of ['info', 'warn', 'error'] as const) vi.spyOn(console, method).mockImplementation(() => {})

function cipherOf(stored: object, identity: { privKey: Buffer; pubKey: Buffer }, registrationId: number): Cipher {
  let record = signal.SessionRecord.deserialize(stored)
  const storage = {
    loadSession: async () => signal.SessionRecord.deserialize(record.serialize()),
    storeSession: async (_: string, next: typeof record) => void (record = next),
    isTrustedIdentity: () => true,
    removePreKey: async () => {},
    getOurIdentity: async () => identity,
    getOurRegistrationId: async () => registrationId,
  }
  return new signal.SessionCipher(storage, new signal.ProtocolAddress('somebody', 0))
}

const bytes = (text: string): Buffer => Buffer.from(text, 'base64')

/** The account's side of a conversation, from what was converted. */
function account(stored: string): Cipher {
  const { text } = sessionOfRecord(bytes(stored), 1_790_000_000_000)
  const record = pruneSessionRecord(JSON.parse(text)) as object
  // The library has its public key in the record of each contact.
  const [session] = Object.values((fixture.contacts[0] as { record: { _sessions: object } }).record._sessions) as {
    indexInfo: { remoteIdentityKey: string }
  }[]
  const pubKey = bytes(session?.indexInfo.remoteIdentityKey ?? '')
  return cipherOf(record, { privKey: bytes(fixture.account.identityKey), pubKey }, fixture.account.registrationId)
}

function contact({ identity, registrationId, record }: Contact, stored = record): Cipher {
  return cipherOf(stored, { privKey: bytes(identity.privKey), pubKey: bytes(identity.pubKey) }, registrationId)
}

const contactNamed = (name: string): Contact => fixture.contacts.find((one) => one.name === name) as Contact

async function says(from: Cipher, to: Cipher, text: string): Promise<void> {
  const { type, body } = await from.encrypt(Buffer.from(text))
  const read = type === 3 ? to.decryptPreKeyWhisperMessage(body) : to.decryptWhisperMessage(body)
  expect((await read).toString()).toBe(text)
}

describe('a session that Signal has stored', () => {
  test('goes on in both directions, over many turns', async () => {
    const ana = contactNamed('ana')
    const [ours, hers] = [account(ana.stored), contact(ana)]
    await says(hers, ours, 'next of the same turn')
    for (let turn = 0; turn < 3; turn++) {
      await says(ours, hers, `ours ${turn}`)
      await says(ours, hers, `ours again ${turn}`)
      await says(hers, ours, `hers ${turn}`)
    }
  })

  test('lacks the keys of skipped messages, and says so', async () => {
    const ana = contactNamed('ana')
    expect(sessionOfRecord(bytes(ana.stored), 0).lacksSkipped).toBe(true)
    await expect(account(ana.stored).decryptWhisperMessage(bytes(fixture.skipped))).rejects.toThrow('No matching sessions')
    expect(sessionOfRecord(bytes(contactNamed('bob').stored), 0).lacksSkipped).toBe(false)
  })

  test('that nobody has answered is answered', async () => {
    const bob = contactNamed('bob')
    const [ours, his] = [account(bob.stored), contact(bob)]
    await says(his, ours, 'an answer')
    await says(ours, his, 'and another')
  })

  test('beside an older one reads messages of both', async () => {
    const cleo = contactNamed('cleo')
    await says(contact(cleo, cleo.olderRecord), account(cleo.stored), 'of the older session')
    // The library spoils a session with which it tried in vain. The runner keeps it from that; here each has a record of its own.
    const [ours, hers] = [account(cleo.stored), contact(cleo)]
    await says(ours, hers, 'to the newer one')
    await says(hers, ours, 'from the newer one')
  })

  test('is refused when it is cut or damaged', () => {
    const whole = bytes(contactNamed('ana').stored)
    for (let length = 0; length < whole.length; length += 7)
      expect(() => sessionOfRecord(whole.subarray(0, length), 0)).toThrow(SyntaxError)
  })
})

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >>> 7])

/** Writes fields as protobuf. */
const message = (fields: readonly (readonly [field: number, value: number | Uint8Array])[]): Buffer =>
  Buffer.concat(
    fields.map(([field, value]) =>
      typeof value === 'number'
        ? Buffer.from([field * 8, value])
        : Buffer.concat([Buffer.from([field * 8 + 2, ...varint(value.length)]), value]),
    ),
  )

test('keys of a sender in a group keep their states, the newest last, and their skipped messages', () => {
  const key = (byte: number, length = 32) => Buffer.alloc(length, byte)
  const state = (id: number, secret: Uint8Array) =>
    message([
      [1, id],
      [2, message([[1, 7], [2, key(id)]])], // prettier-ignore
      [3, message([[1, key(5, 33)], [2, secret]])], // prettier-ignore
      [4, message([[1, 3], [2, key(9)]])], // prettier-ignore
    ])
  const stored = senderKeyOfRecord(message([[1, state(2, key(1))], [1, state(1, key(0))]])) // prettier-ignore
  const states = JSON.parse(Buffer.from((JSON.parse(stored) as { data: string }).data, 'base64').toString()) as object[]
  const buffer = (of: Buffer) => ({ type: 'Buffer', data: of.toString('base64') })
  expect(states).toEqual([
    {
      senderKeyId: 1,
      senderChainKey: { iteration: 7, seed: buffer(key(1)) },
      senderSigningKey: { public: buffer(key(5, 33)) },
      senderMessageKeys: [{ iteration: 3, seed: buffer(key(9)) }],
    },
    {
      senderKeyId: 2,
      senderChainKey: { iteration: 7, seed: buffer(key(2)) },
      senderSigningKey: { public: buffer(key(5, 33)), private: buffer(key(1)) },
      senderMessageKeys: [{ iteration: 3, seed: buffer(key(9)) }],
    },
  ])
})

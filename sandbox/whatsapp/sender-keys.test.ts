// Tests the simulator's sender keys, alone and against Baileys' own.
import * as group from '@whiskeysockets/baileys/lib/Signal/Group/index.js'
import { expect, test } from 'vitest'
import { KnownKeys, SenderKey, senderKeyPosition } from './sender-keys.ts'

const written = (key: SenderKey, ...texts: string[]): Buffer[] => texts.map((text) => key.encrypt(Buffer.from(text)))

const readerOf = (key: SenderKey): KnownKeys => {
  const known = new KnownKeys()
  known.learn(key.distribution())
  return known
}

test('a reader with the key reads later messages in any order, and none twice', () => {
  const key = new SenderKey()
  const [early = Buffer.of()] = written(key, 'before')
  const known = readerOf(key)
  const [first = Buffer.of(), second = Buffer.of(), third = Buffer.of()] = written(key, 'one', 'two', 'three')
  expect(known.decrypt(third).toString()).toBe('three')
  expect(known.decrypt(first).toString()).toBe('one')
  known.learn(key.distribution())
  expect(known.decrypt(second).toString()).toBe('two')
  expect(() => known.decrypt(second)).toThrow('was used before')
  expect(() => known.decrypt(early)).toThrow('was used before')
})

test('a message with an unknown key or a wrong signature is refused', () => {
  const key = new SenderKey()
  const known = readerOf(key)
  expect(() => known.decrypt(new SenderKey().encrypt(Buffer.from('stranger')))).toThrow('is unknown')
  const [message = Buffer.of()] = written(key, 'changed on the way')
  // The last byte before the signature of 64 bytes, which belongs to the ciphertext.
  const changed = message.length - 64 - 1
  message.writeUInt8(message.readUInt8(changed) ^ 1, changed)
  expect(() => known.decrypt(message)).toThrow('is not signed with the sender key')
})

const name = new group.SenderKeyName('120363000000000001@g.us', { id: '5511800000001', deviceId: 0, toString: () => 'ana' })

/** Baileys' sender keys with a record in memory. */
const baileysGroup = () => {
  let record = new group.SenderKeyRecord()
  const store = {
    loadSenderKey: async () => record,
    storeSenderKey: async (_: group.SenderKeyName, changed: group.SenderKeyRecord) => void (record = changed),
  }
  return { builder: new group.GroupSessionBuilder(store), cipher: new group.GroupCipher(store, name) }
}

test('Baileys reads messages of the simulator', async () => {
  const key = new SenderKey()
  const { builder, cipher } = baileysGroup()
  await builder.process(name, new group.SenderKeyDistributionMessage(null, null, null, null, key.distribution()))
  const texts = ['one', 'two', 'three']
  const read: string[] = []
  for (const message of written(key, ...texts)) read.push(Buffer.from(await cipher.decrypt(message)).toString())
  expect(read).toEqual(texts)
})

test('the simulator reads messages of Baileys, which uses every second key', async () => {
  const { builder, cipher } = baileysGroup()
  const known = new KnownKeys()
  known.learn((await builder.create(name)).serialize())
  const positions: number[] = []
  for (const text of ['one', 'two', 'three']) {
    const message = await cipher.encrypt(Buffer.from(text))
    positions.push(senderKeyPosition(message).iteration)
    expect(known.decrypt(message).toString()).toBe(text)
  }
  expect(positions).toEqual([0, 2, 4])
})

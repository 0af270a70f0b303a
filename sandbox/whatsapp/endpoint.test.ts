import { generateSignalPubKey } from '@whiskeysockets/baileys'
import { beforeAll, expect, test } from 'vitest'
import { Endpoint } from './endpoint.ts'
import type { Ciphertext, PeerDevice } from './endpoint.ts'
import { mendSessionCipher } from './libsignal.ts'
import type { PeerBundle } from './libsignal.ts'

beforeAll(() => {
  for (const method of ['info', 'warn', 'error'] as const) console[method] = () => undefined
})

const bundleOf = (endpoint: Endpoint): PeerBundle => {
  const { registrationId, identity, signedPreKey, preKey } = endpoint.makeBundle()
  const { keyId, keyPair, signature } = signedPreKey
  return {
    registrationId,
    identityKey: generateSignalPubKey(identity),
    signedPreKey: { keyId, signature, publicKey: generateSignalPubKey(keyPair.public) },
    preKey: { keyId: preKey.id, publicKey: generateSignalPubKey(preKey.pair.public) },
  }
}

let people = 0

/** Returns two people who have talked, so that their session was used both ways. */
const acquaintances = async () => {
  const make = () => {
    const endpoint = new Endpoint()
    const peer: PeerDevice = { user: `55110000${++people}`, device: 0, takeBundle: () => bundleOf(endpoint) }
    return { endpoint, peer }
  }
  const [ana, bea] = [make(), make()]
  type One = typeof ana
  const write = (from: One, to: One, text: string) => from.endpoint.encrypt(to.peer, { conversation: text })
  const read = async (from: One, to: One, { type, ciphertext }: Ciphertext) =>
    (await to.endpoint.decrypt(from.peer, type, ciphertext)).conversation
  await read(ana, bea, await write(ana, bea, 'hello'))
  await read(bea, ana, await write(bea, ana, 'hello'))
  await read(ana, bea, await write(ana, bea, 'how are you'))
  return { ana, bea, write, read }
}

/**
 * Plays a crossing: Ana begins a new session while a message of Bea in the old one is on its way. Returns what Bea reads of Ana's
 * next message.
 */
const crossing = async () => {
  const { ana, bea, write, read } = await acquaintances()
  const onItsWay = await write(bea, ana, 'in the old session')
  await ana.endpoint.openSession(bea.peer, bundleOf(bea.endpoint))
  expect(await read(bea, ana, onItsWay)).toBe('in the old session')
  return read(ana, bea, await write(ana, bea, 'in the new session'))
}

test('stock libsignal spoils the new session when it reads a message of the old one', async () => {
  await expect(crossing()).rejects.toThrow()
})

test('patched libsignal keeps the new session intact', async () => {
  mendSessionCipher()
  expect(await crossing()).toBe('in the new session')
})

test('messages can be read in any order', async () => {
  const { ana, bea, write, read } = await acquaintances()
  const first = await write(ana, bea, 'first')
  const second = await write(ana, bea, 'second')
  expect(await read(ana, bea, second)).toBe('second')
  expect(await read(ana, bea, first)).toBe('first')
  await expect(read(ana, bea, first)).rejects.toThrow()
})

test('a long chat stays readable while its finished chains are dropped', async () => {
  const { ana, bea, write, read } = await acquaintances()
  for (let turn = 0; turn < 50; turn++) {
    expect(await read(bea, ana, await write(bea, ana, `ping ${turn}`))).toBe(`ping ${turn}`)
    expect(await read(ana, bea, await write(ana, bea, `pong ${turn}`))).toBe(`pong ${turn}`)
  }
})

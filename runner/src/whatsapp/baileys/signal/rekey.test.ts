import { StateImage } from '@holdfast/core/journal/state-image'
import type { AfterLoss } from '@holdfast/core/journal/state-kind-entry'
import { STATE_KINDS, type StateKind } from '@holdfast/core/journal/state-kinds'
import { describe, expect, test } from 'vitest'
import { decodeCreds, encodeCreds, newCreds } from './codec.ts'
import { rekeyedState } from './rekey.ts'

function rekeyed(keys: Record<string, Record<string, string>>): StateImage {
  const image = new StateImage()
  image.apply({ keys })
  const restored = new StateImage()
  restored.apply(rekeyedState(image, { lostRecords: 3, givenUp: null, restores: 0 }, 7))
  return restored
}

test('a re-keyed state has no cached device lists and app state, which the lost records may have revoked', () => {
  const restored = rekeyed({
    'device-cache': { ana: '{}' },
    'app-state-sync-version': { regular: '{}' },
    'lid-mapping': { ana: '"lid"' },
  })
  expect(restored.counts()).toMatchObject({
    'device-cache': 0,
    'app-state-sync-version': 0,
    'app-state-pending': 5,
    'lid-mapping': 1,
  })
})

test('a re-keyed state keeps or drops each kind as the table of kinds says', () => {
  const keys = Object.fromEntries(Object.keys(STATE_KINDS).map((kind) => [kind, { id: '{"_sessions":{}}' }]))
  const restored = rekeyed(keys)
  for (const [kind, { afterLoss }] of Object.entries(STATE_KINDS) as [StateKind, { afterLoss: AfterLoss }][]) {
    const left = [...restored.entries(kind)]
    if (afterLoss === 'kept') expect(left, kind).toEqual(Object.entries(keys[kind] ?? {}))
    if (afterLoss === 'dropped') expect(left, kind).toEqual([])
  }
})

test('a re-keyed state keeps the kinds that do not send, and those of a later version', () => {
  const kept = {
    'pre-key': { '1': '{}' },
    'identity-key': { 'ana.0': '""' },
    inbox: { hash: '{"id":"M1","at":1}' },
    meta: { everLoggedIn: '1' },
    'kind-of-a-later-version': { id: 'value' },
  }
  expect(rekeyed(kept).toMutation().keys).toMatchObject(kept)
})

test('a re-keyed state has only closed sessions and no list of the holders of our keys', () => {
  const sessions = { open: { indexInfo: { closed: -1 } }, closed: { indexInfo: { closed: 3 } } }
  const restored = rekeyed({
    session: { 'ana.0': JSON.stringify({ _sessions: sessions }) },
    'sender-key-memory': { group: '{}' },
    'begun-with': { 'ana.0': 'hash' },
  })
  expect(JSON.parse(restored.get('session', 'ana.0') ?? '')).toEqual({
    _sessions: { open: { indexInfo: { closed: 7 } }, closed: { indexInfo: { closed: 3 } } },
  })
  expect(restored.counts()).toMatchObject({ 'sender-key-memory': 0, 'begun-with': 0 })
})

describe('the pre-key numbers of a re-keyed state', () => {
  const stateWith = (nextPreKeyId: number): StateImage => {
    const image = new StateImage()
    image.apply({ creds: encodeCreds({ ...newCreds(), nextPreKeyId }), keys: {} })
    return image
  }

  const nextOf = (image: StateImage, lost: Parameters<typeof rekeyedState>[1]): number => {
    const { creds } = rekeyedState(image, lost, 7)
    return decodeCreds(creds ?? '').nextPreKeyId
  }

  const NOTHING = { lostRecords: 3, givenUp: null, restores: 0 }

  test('jump past what the lost records can have used', () => {
    expect(nextOf(stateWith(813), NOTHING)).toBe(100_813)
    expect(nextOf(stateWith(813), { ...NOTHING, lostRecords: 1000 })).toBe(813 + 1000 * 812)
  })

  test('jump past the state that is given up, which an earlier restore may have moved far ahead', () => {
    expect(nextOf(stateWith(813), { ...NOTHING, givenUp: stateWith(100_818), restores: 1 })).toBe(200_818)
    expect(nextOf(stateWith(813), { ...NOTHING, givenUp: stateWith(5) })).toBe(100_813)
  })

  test('jump past earlier restores of which nothing can be read', () => {
    expect(nextOf(stateWith(813), { ...NOTHING, restores: 2 })).toBe(300_000)
  })

  test('never wrap', () => {
    expect(() => nextOf(stateWith(0xff_ff_f0), NOTHING)).toThrow('No unused pre-key numbers are left')
  })
})

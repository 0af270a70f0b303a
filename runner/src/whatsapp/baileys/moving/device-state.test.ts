import { randomBytes } from 'node:crypto'
import { BufferJSON, initAuthCreds, proto } from '@whiskeysockets/baileys'
import { describe, expect, test } from 'vitest'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { deviceFiles } from './device-files.ts'
import { type RawEntry, readDevice } from './device-state.ts'
import { entryNameOf, fileNameOf, type MovedKind } from './entry-names.ts'
import { movedImage } from './moved-image.ts'

/** Credentials of a linked device, as Baileys writes them. */
function linkedCreds(more: object = {}): string {
  const account = proto.ADVSignedDeviceIdentity.fromObject({
    details: randomBytes(20),
    accountSignature: randomBytes(64),
    deviceSignature: randomBytes(64),
  })
  const creds = { ...initAuthCreds(), me: { id: '5511900000001:7@s.whatsapp.net', lid: '777000000000001:7@lid' }, account }
  return JSON.stringify({ ...creds, nextPreKeyId: 3, firstUnuploadedPreKeyId: 3, ...more }, BufferJSON.replacer)
}

const text = (value: unknown): string => JSON.stringify(value, BufferJSON.replacer)

const preKey = (): string => text(initAuthCreds().noiseKey)

const signalSession = (baseKey: string, closed = -1): string =>
  text({
    _sessions: {
      [baseKey]: {
        registrationId: 1,
        currentRatchet: {
          ephemeralKeyPair: { pubKey: 'AA==', privKey: 'AA==' },
          lastRemoteEphemeralKey: 'AA==',
          previousCounter: 0,
          rootKey: 'AA==',
        },
        indexInfo: { baseKey, baseKeyType: 1, closed, used: 1, created: 1, remoteIdentityKey: 'AA==' },
        _chains: { 'AA==': { chainKey: { counter: 1, key: 'AA==' }, chainType: 2, messageKeys: {} } },
      },
    },
    version: 'v1',
  })

const senderKey = (): string =>
  text(
    Buffer.from(text([{ senderKeyId: 1, senderChainKey: { iteration: 0, seed: 'AA==' }, senderSigningKey: { public: 'AA==' } }])),
  )

/** One entry of each kind, by its name. */
const ENTRIES: Readonly<Record<string, string>> = {
  creds: linkedCreds(),
  'pre-key-1': preKey(),
  'pre-key-2': preKey(),
  'session-777000000000009_1.0': signalSession('LID='),
  'session-5511900000009.0': signalSession('PN=='),
  'session-5511900000008.2': signalSession('ONLY'),
  'sender-key-120363000000000001@g.us::777000000000009_1::0': senderKey(),
  'sender-key-memory-120363000000000001@g.us': text({ '777000000000009_1.0': true }),
  'app-state-sync-key-AAA/+A==': text({ keyData: 'AAAA', timestamp: '1', fingerprint: { rawId: 1 } }),
  'app-state-sync-version-regular_high': text({
    version: 2,
    hash: randomBytes(128),
    indexValueMap: { 'AA==': { valueMac: randomBytes(32) } },
  }),
  'lid-mapping-5511900000009': text('777000000000009'),
  'lid-mapping-777000000000009_reverse': text('5511900000009'),
  'device-list-777000000000009': text(['0', '2']),
  'tctoken-__index': text({ token: Buffer.from('["777000000000009@lid"]') }),
  'tctoken-777000000000009@lid': text({ token: randomBytes(16), timestamp: '1' }),
  'identity-key-777000000000009_1.0': text(randomBytes(33)),
}

const entriesOf = (values: Readonly<Record<string, string>>): RawEntry[] =>
  Object.entries(values).map(([name, value]) => ({ name, isFile: false, text: value }))

const caught = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('the names of entries', () => {
  test.each([
    ['pre-key', '12'],
    ['session', '5511900000001.0'],
    ['session', '777000000000001_1.99'],
    ['identity-key', '777000000000001_128.3'],
    ['sender-key', '5511900000001-1400000000@g.us::777000000000001_1::12'],
    ['sender-key', 'status@broadcast::5511900000001::0'],
    ['sender-key-memory', '5511900000001-1400000000@g.us'],
    ['app-state-sync-key', 'AAAA/B+/x=='],
    ['app-state-sync-version', 'critical_unblock_low'],
    ['lid-mapping', '777000000000001_reverse'],
    ['device-list', '5511900000001'],
    ['tctoken', '__index'],
    ['tctoken', '5511900000001:3@s.whatsapp.net'],
  ] satisfies [MovedKind, string][])('%s %s is the same after a way through a file', (kind, id) => {
    const file = fileNameOf({ kind, id })
    expect(file).not.toMatch(/[:/]/)
    expect(entryNameOf(file.replace(/\.json$/, ''), true)).toEqual({ kind, id })
    expect(entryNameOf(`${kind}-${id}`, false)).toEqual({ kind, id })
  })

  test.each([
    'store',
    'creds.bak',
    'pre-key-x',
    'session-',
    'prekey-1',
    'sender-key-group',
    'lid-mapping-__proto__',
    'device-list-constructor',
    'tctoken-a b',
  ])('%s is none of Baileys', (name) => {
    expect(entryNameOf(name, true)).toBeNull()
  })
})

describe('a device', () => {
  test('becomes a state with all its keys, in which a contact with two names has one session', () => {
    const device = readDevice(entriesOf(ENTRIES))
    expect(device).toMatchObject({ unreadable: [], ignored: [] })
    const image = movedImage(device)
    expect(image.counts()).toEqual({
      'pre-key': 2,
      session: 2,
      'sender-key': 1,
      'sender-key-memory': 1,
      'app-state-sync-key': 1,
      'lid-mapping': 2,
      'device-list': 1,
      tctoken: 2,
      'identity-key': 1,
      'app-state-pending': 5,
      meta: 2,
    })
    const joined = JSON.parse(image.get('session', '777000000000009_1.0') ?? '') as {
      _sessions: Record<string, { indexInfo: { closed: number } }>
    }
    expect(Object.entries(joined._sessions).map(([key, { indexInfo }]) => [key, indexInfo.closed === -1])).toEqual([
      ['PN==', false],
      ['LID=', true],
    ])
  })

  test('is the same after a way through files', () => {
    const image = movedImage(readDevice(entriesOf(ENTRIES)))
    const files = deviceFiles(image) ?? []
    const again = readDevice(
      files.map(({ file, text: value }) => ({ name: file.replace(/\.json$/, ''), isFile: true, text: value })),
    )
    expect(again).toMatchObject({ unreadable: [], ignored: [] })
    expect(movedImage(again).toMutation()).toEqual(image.toMutation())
  })

  test('whose credentials are older than its keys goes on with new numbers', () => {
    const old = { ...ENTRIES, 'pre-key-40': preKey() }
    const { creds } = movedImage(readDevice(entriesOf(old)))
    expect(JSON.parse(creds ?? '')).toMatchObject({ nextPreKeyId: 41, firstUnuploadedPreKeyId: 41 })
  })

  test('is read also where a database made lists or objects of the bytes', () => {
    const asList = (json: string) =>
      JSON.stringify(
        JSON.parse(json, (_, value: { type?: string; data?: string } | null) =>
          value?.type === 'Buffer' ? { type: 'Buffer', data: [...Buffer.from(value.data ?? '', 'base64')] } : value,
        ),
      )
    const asObject = (json: string) =>
      JSON.stringify(
        JSON.parse(json, (_, value: { type?: string; data?: string } | null) =>
          value?.type === 'Buffer' ? Object.fromEntries(Buffer.from(value.data ?? '', 'base64').entries()) : value,
        ),
      )
    const image = movedImage(readDevice(entriesOf(ENTRIES)))
    for (const changed of [asList, asObject]) {
      const values = Object.fromEntries(Object.entries(ENTRIES).map(([name, value]) => [name, changed(value)]))
      expect(movedImage(readDevice(entriesOf(values))).toMutation()).toEqual(image.toMutation())
    }
    // Evolution packs the credentials twice.
    expect(readDevice(entriesOf({ ...ENTRIES, creds: JSON.stringify(ENTRIES['creds']) })).creds.me.id).toContain('5511900000001')
  })

  test('names the keys that cannot be used, without the numbers of people', () => {
    const { unreadable, ignored } = readDevice(
      entriesOf({
        ...ENTRIES,
        'session-5511900000007.0': '{"_sessions": {',
        'pre-key-9': '',
        'device-list-1': '5',
        'store-55119000000077': '',
      }),
    )
    expect(unreadable).toEqual([
      { name: 'session-55…07.0', why: 'it is cut or is no JSON' },
      { name: 'pre-key-9', why: 'it is empty' },
      { name: 'device-list-1', why: 'its value has another shape' },
    ])
    expect(ignored).toEqual(['store-55…77'])
  })
})

describe('credentials', () => {
  const refusalOf = (creds: string | null) =>
    (caught(() => readDevice(entriesOf(creds === null ? {} : { creds }))) as Error).message

  test('are needed', () => expect(refusalOf(null)).toContain('no credentials'))
  test('of a device that was never linked are refused', () =>
    expect(refusalOf(text(initAuthCreds()))).toContain('no phone has linked'))
  test('that are cut are refused', () => expect(refusalOf(linkedCreds().slice(0, 500))).toContain('damaged: it is cut'))
  test('with a key of another device are refused', () =>
    expect(refusalOf(linkedCreds({ signedIdentityKey: initAuthCreds().signedIdentityKey }))).toContain(
      'not signed by the identity',
    ))
  test('with halves of two keys are refused', () => {
    const [one, other] = [initAuthCreds().noiseKey, initAuthCreds().noiseKey]
    expect(refusalOf(linkedCreds({ noiseKey: { public: one.public, private: other.private } }))).toContain(
      'do not belong together',
    )
  })
})

describe('damaged entries', () => {
  const OTHERS = [
    '',
    'null',
    '0',
    '""',
    '[]',
    '{}',
    '[null]',
    '{"type":"Buffer"}',
    '{"0":256}',
    'true',
    '{"_sessions":null}',
    '\u0000',
    '"\\"',
  ] as const

  const variants = (value: string): string[] => {
    const cuts = Array.from({ length: 20 }, (_, index) => value.slice(0, Math.floor((value.length * index) / 20)))
    const flips = Array.from({ length: 20 }, () => {
      const bytes = Buffer.from(value)
      const at = randomBytes(2).readUInt16BE() % bytes.length
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 7))
      return bytes.toString()
    })
    return [...cuts, ...flips, ...OTHERS]
  }

  const isNamed = (result: unknown): boolean => !(result instanceof Error) || isHoldfastError(result, 'cannot-move')

  /** The name of another entry of the same kind. */
  const numbered = (name: string, index: number): string =>
    name.startsWith('app-state-sync-key') ? name.replace('AAA', `${index}AAA`) : `${name}${index}`

  test.each(Object.entries(ENTRIES).filter(([name]) => name !== 'creds'))(
    'of %s never end in anything but a name',
    (name, value) => {
      const damaged = Object.fromEntries(variants(value).map((text, index) => [numbered(name, index), text]))
      const device = readDevice(entriesOf({ ...ENTRIES, ...damaged }))
      expect(device.unreadable.length).toBeGreaterThan(20)
      expect(device.ignored).toEqual([])
      expect(movedImage(device).creds).not.toBeNull()
    },
  )

  test('of the credentials never end in anything but a named error', () => {
    for (const creds of variants(ENTRIES['creds'] ?? '')) {
      const result = caught(() => movedImage(readDevice(entriesOf({ ...ENTRIES, creds }))))
      expect(isNamed(result), String(result)).toBe(true)
    }
  })
})

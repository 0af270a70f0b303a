import { randomBytes } from 'node:crypto'
import { exists, invalid, missing } from './errors.ts'
import type { KeyFile, StoredKey, StoredVersion, VersionState } from './key-file.ts'

/** Key rings, keys and their versions, as far as a deployment and an operator use them. */
export const keyCalls = (file: KeyFile) => ({
  async CreateKeyRing({ parent, keyRingId }: { parent: string; keyRingId: string }) {
    const name = `${parent}/keyRings/${keyRingId}`
    if (file.rings.has(name)) throw exists(`KeyRing ${name}`)
    file.rings.add(name)
    await file.save()
    return { name }
  },

  async CreateCryptoKey({
    parent,
    cryptoKeyId,
    cryptoKey,
  }: {
    parent: string
    cryptoKeyId: string
    cryptoKey?: { purpose?: string }
  }) {
    if (!file.rings.has(parent)) throw missing(`KeyRing ${parent}`)
    const name = `${parent}/cryptoKeys/${cryptoKeyId}`
    if (file.keys.has(name)) throw exists(`CryptoKey ${name}`)
    if (cryptoKey?.purpose !== 'ENCRYPT_DECRYPT') throw invalid('This stand-in has symmetric keys only.')
    await addKey(file, name)
    return shownKey(file, name)
  },

  GetCryptoKey: ({ name }: { name: string }) => shownKey(file, name),

  async CreateCryptoKeyVersion({ parent }: { parent: string }) {
    const key = keyOf(file, parent)
    const number = Object.keys(key.versions).length + 1
    key.versions[number] = newVersion()
    await file.save()
    return shownVersion(file, `${parent}/cryptoKeyVersions/${number}`)
  },

  GetCryptoKeyVersion: ({ name }: { name: string }) => shownVersion(file, name),

  async UpdateCryptoKeyPrimaryVersion({ name, cryptoKeyVersionId }: { name: string; cryptoKeyVersionId: string }) {
    const key = keyOf(file, name)
    if (!key.versions[cryptoKeyVersionId]) throw missing(`CryptoKeyVersion ${cryptoKeyVersionId}`)
    key.primary = Number(cryptoKeyVersionId)
    await file.save()
    return shownKey(file, name)
  },

  async UpdateCryptoKeyVersion({ cryptoKeyVersion }: { cryptoKeyVersion: { name: string; state: VersionState } }) {
    const { name, state } = cryptoKeyVersion
    if (state !== 'ENABLED' && state !== 'DISABLED') throw invalid('A version can be enabled and disabled.')
    return await changed(file, name, state)
  },

  DestroyCryptoKeyVersion: ({ name }: { name: string }) => changed(file, name, 'DESTROY_SCHEDULED'),

  RestoreCryptoKeyVersion: ({ name }: { name: string }) => changed(file, name, 'DISABLED'),
})

/** Makes a symmetric key with its first version. */
export async function addKey(file: KeyFile, name: string): Promise<void> {
  file.rings.add(name.replace(/\/cryptoKeys\/[^/]*$/, ''))
  file.keys.set(name, { primary: 1, versions: { '1': newVersion() } })
  await file.save()
}

const newVersion = (): StoredVersion => ({ state: 'ENABLED', secret: randomBytes(32).toString('base64') })

function keyOf(file: KeyFile, name: string): StoredKey {
  const key = file.keys.get(name)
  if (!key) throw missing(`CryptoKey ${name}`)
  return key
}

function versionOf(file: KeyFile, name: string): StoredVersion {
  const [, key = '', number = ''] = /^(.*)\/cryptoKeyVersions\/(\d+)$/.exec(name) ?? []
  const version = keyOf(file, key).versions[number]
  if (!version) throw missing(`CryptoKeyVersion ${name}`)
  return version
}

async function changed(file: KeyFile, name: string, state: VersionState) {
  versionOf(file, name).state = state
  await file.save()
  return shownVersion(file, name)
}

const shownVersion = (file: KeyFile, name: string) => ({
  name,
  state: versionOf(file, name).state,
  protectionLevel: 'SOFTWARE',
  algorithm: 'GOOGLE_SYMMETRIC_ENCRYPTION',
})

function shownKey(file: KeyFile, name: string) {
  const { primary } = keyOf(file, name)
  return { name, purpose: 'ENCRYPT_DECRYPT', primary: shownVersion(file, `${name}/cryptoKeyVersions/${primary}`) }
}

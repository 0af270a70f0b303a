// Files on a media host: encrypted by their uploader, opened with a key that only a message carries.
import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { hkdf } from '@whiskeysockets/baileys'

/** The purpose of a file, which goes into the derivation of its keys. */
export const KEY_LABELS = {
  history: 'WhatsApp History Keys',
  'app-state': 'WhatsApp App State Keys',
  image: 'WhatsApp Image Keys',
  video: 'WhatsApp Video Keys',
  audio: 'WhatsApp Audio Keys',
  document: 'WhatsApp Document Keys',
  sticker: 'WhatsApp Image Keys',
} as const

export type MediaKind = keyof typeof KEY_LABELS

/** What people send one another. */
export const LETTER_KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const

export type LetterKind = (typeof LETTER_KINDS)[number]

export type SealedMedia = {
  mediaKey: Buffer
  /** The bytes on the host: the ciphertext and the first ten bytes of its MAC. */
  bytes: Buffer
  fileSha256: Buffer
  fileEncSha256: Buffer
  fileLength: number
}

const KEY_BYTES = 112
export const MAC_BYTES = 10

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

export const sealMedia = (plain: Uint8Array, kind: MediaKind): SealedMedia => {
  const mediaKey = randomBytes(32)
  const keys = Buffer.from(hkdf(mediaKey, KEY_BYTES, { info: KEY_LABELS[kind] }))
  const iv = keys.subarray(0, 16)
  const cipher = createCipheriv('aes-256-cbc', keys.subarray(16, 48), iv)
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()])
  const mac = createHmac('sha256', keys.subarray(48, 80)).update(iv).update(ciphertext).digest().subarray(0, MAC_BYTES)
  const bytes = Buffer.concat([ciphertext, mac])
  return { mediaKey, bytes, fileSha256: sha256(plain), fileEncSha256: sha256(bytes), fileLength: plain.byteLength }
}

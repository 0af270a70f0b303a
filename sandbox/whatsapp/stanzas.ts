// Functions that read and build the binary nodes of the protocol.
import { inflateSync } from 'node:zlib'
import { decodeDecompressedBinaryNode, getBinaryNodeChild } from '@whiskeysockets/baileys'
import type { BinaryNode } from '@whiskeysockets/baileys'
import * as tokens from '@whiskeysockets/baileys/lib/WABinary/constants.js'

export type Stanza = BinaryNode

export const SERVER = 's.whatsapp.net'

/** Some notices count only when they come from the server's own JID, which has no user. */
export const SERVER_JID = '@s.whatsapp.net'

const COMPRESSED = 2

/** Decodes synchronously, unlike Baileys, so that listeners hear a frame at the moment of its arrival. */
export const decodeStanza = (plain: Buffer): Stanza => {
  const body = plain.subarray(1)
  return decodeDecompressedBinaryNode(plain.readUInt8(0) & COMPRESSED ? inflateSync(body) : body, tokens)
}

export const firstChild = (stanza: Stanza): Stanza | undefined => (Array.isArray(stanza.content) ? stanza.content[0] : undefined)

export const childBytes = (stanza: Stanza | undefined, tag: string): Buffer => {
  const content = getBinaryNodeChild(stanza, tag)?.content
  if (content === undefined || Array.isArray(content)) throw new Error(`<${stanza?.tag}> has no bytes in <${tag}>`)
  return Buffer.from(content)
}

export const childNumber = (stanza: Stanza | undefined, tag: string): number => bigEndian(childBytes(stanza, tag))

export const bigEndian = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0)

export const timestamp = (): string => Math.floor(Date.now() / 1000).toString()

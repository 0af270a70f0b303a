import { registerHooks } from 'node:module'
import type { NamedNode } from '../labels.ts'

// Notes the stanza of each frame where Baileys encodes it, in the same tick, because the frame is already encrypted when it
// reaches the socket. Import this module before Baileys.

const SLOT = Symbol.for('holdfast.crashpoints.stanza')
const slot = globalThis as unknown as Record<symbol, NamedNode | null | undefined>

const PACKS = 'export const encodeBinaryNode = ('
const NOTES = `export const encodeBinaryNode = (node, ...rest) => {
  globalThis[Symbol.for('holdfast.crashpoints.stanza')] = node
  return packed(node, ...rest)
}
const packed = (`

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith('/baileys/lib/WABinary/encode.js')) return loaded
    const source = typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString('utf8')
    if (!source.includes(PACKS)) throw new Error('Baileys encodes its stanzas elsewhere: the points of frames have no names.')
    return { ...loaded, source: source.replace(PACKS, NOTES) }
  },
})

/** Returns the last encoded stanza once; null when the frame holds no stanza. */
export function takeStanza(): NamedNode | null {
  const stanza = slot[SLOT] ?? null
  slot[SLOT] = null
  return stanza
}

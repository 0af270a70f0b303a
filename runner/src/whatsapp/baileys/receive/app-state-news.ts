import { getBinaryNodeChild, getBinaryNodeChildren, type BinaryNode, type WAPatchName } from '@whiskeysockets/baileys'

/** A collection of the app state as it is stored. */
export interface StoredVersion {
  readonly name: WAPatchName
  readonly version: number
}

/** The question for changes since the stored versions. WhatsApp's own client asks it at each start. */
export const newsQuestion = (id: string, versions: readonly StoredVersion[]): BinaryNode => ({
  tag: 'iq',
  attrs: { id, to: 's.whatsapp.net', type: 'set', xmlns: 'w:sync:app:state' },
  content: [
    {
      tag: 'sync',
      attrs: {},
      content: versions.map(({ name, version }) => ({
        tag: 'collection',
        attrs: { name, version: String(version), return_snapshot: 'false' },
      })),
    },
  ],
})

/** The collections that have changed since the stored versions. */
export function namesWithNews(answer: BinaryNode, versions: readonly StoredVersion[]): WAPatchName[] {
  const collections = getBinaryNodeChildren(getBinaryNodeChild(answer, 'sync'), 'collection')
  return versions.flatMap(({ name, version }) => {
    const found = collections.find(({ attrs }) => attrs['name'] === name)
    const hasPatches = getBinaryNodeChildren(getBinaryNodeChild(found, 'patches'), 'patch').length > 0
    return hasPatches || Number(found?.attrs['version'] ?? 0) > version ? [name] : []
  })
}

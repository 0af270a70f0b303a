import type { StateImage } from '@holdfast/core/journal/state-image'
import { decodeCreds } from '../signal/codec.ts'
import { fileNameOf, MOVED_KINDS } from './entry-names.ts'

export interface DeviceFile {
  readonly file: string
  readonly text: string
}

/**
 * The state of a session as the files of Baileys' `useMultiFileAuthState`. Values of the state image are JSON in Baileys' own form, and
 * go as they are. Null for a session that no phone has linked.
 */
export function deviceFiles(image: StateImage): DeviceFile[] | null {
  const { creds } = image
  if (creds === null || decodeCreds(creds).me === undefined) return null
  const keys = MOVED_KINDS.flatMap((kind) =>
    [...image.entries(kind)].map(([id, text]) => ({ file: fileNameOf({ kind, id }), text })),
  )
  return [{ file: fileNameOf('creds'), text: creds }, ...keys]
}

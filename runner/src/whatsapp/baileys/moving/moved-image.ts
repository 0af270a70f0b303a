import { jidNormalizedUser, type AuthenticationCreds } from '@whiskeysockets/baileys'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { Mutation } from '@holdfast/core/journal/mutation'
import { StateImage } from '@holdfast/core/journal/state-image'
import { PENDING_APP_STATE } from '../receive/app-state.ts'
import { encodeCreds, encodeValue } from '../signal/codec.ts'
import { mappingChanges, ownDeviceOf } from '../signal/lid-moves.ts'
import type { DeviceState } from './device-state.ts'
import { MOVED_KINDS } from './entry-names.ts'

/** The account of a moved session, as the session's document shows it. */
export interface MovedAccount {
  readonly id: string
  readonly lid: string | null
}

export const accountOf = ({ creds }: Pick<DeviceState, 'creds'>): MovedAccount => {
  const lid = (creds.me as { lid?: unknown }).lid
  return { id: jidNormalizedUser(creds.me.id), lid: typeof lid === 'string' && lid !== '' ? jidNormalizedUser(lid) : null }
}

/**
 * What the state becomes in a session of ours. Sessions and keys of contacts lie under their LID where it is known, as our own client
 * keeps them. The app state is read anew from the beginning, because its names, labels and archive marks were told to the old owner
 * only. The marks say that the device has logged in before, so that a 401 is no failed pairing, and that it was moved in.
 */
export function movedImage(device: DeviceState): StateImage {
  const image = new StateImage()
  const creds = withFreeNumbers(device)
  const keys: Record<string, Record<string, string>> = {}
  for (const kind of MOVED_KINDS) {
    if (kind === 'lid-mapping' || kind === 'app-state-sync-version') continue
    keys[kind] = Object.fromEntries([...(device.keys.get(kind) ?? [])].map(([id, value]) => [id, encodeValue(kind, value)]))
  }
  image.apply({ keys, creds: encodeCreds(creds) })
  image.apply({ keys: mappingChanges(image, pairsOf(device), ownDeviceOf(creds.me)) })
  const meta = { everLoggedIn: '1', movedIn: STATE_KINDS.meta.codec.ids.movedIn.encode({ connectedAtMs: null }) }
  image.apply({ keys: { ...PENDING_APP_STATE, meta } })
  return withoutEmptyKinds(image)
}

/**
 * Credentials that are older than the keys would give a number to a second key, which WhatsApp's server then offers to contacts although
 * nobody has its private part. The numbers go on behind all keys that exist.
 */
function withFreeNumbers({ creds, keys }: DeviceState): AuthenticationCreds {
  const newest = newestPreKey(keys)
  const { nextPreKeyId, firstUnuploadedPreKeyId } = creds
  const numbers =
    newest < nextPreKeyId
      ? {}
      : { nextPreKeyId: newest + 1, firstUnuploadedPreKeyId: Math.max(newest + 1, firstUnuploadedPreKeyId) }
  return { ...creds, ...numbers } as unknown as AuthenticationCreds
}

export const newestPreKey = (keys: DeviceState['keys']): number =>
  [...(keys.get('pre-key')?.keys() ?? [])].reduce((newest, id) => Math.max(newest, Number(id)), 0)

const REVERSE = '_reverse'

/** Phone numbers and LIDs, as users without a server. */
function pairsOf({ keys }: DeviceState): [phone: string, lid: string][] {
  const names = [...(keys.get('lid-mapping') ?? [])].map(([id, value]) => [id, String(value)] as const)
  const back = names.flatMap(([id, phone]) => (id.endsWith(REVERSE) ? [[phone, id.slice(0, -REVERSE.length)] as const] : []))
  const there = names.filter(([id]) => !id.endsWith(REVERSE))
  return [...new Map([...back, ...there])]
}

function withoutEmptyKinds(image: StateImage): StateImage {
  const { keys = {}, ...rest } = image.toMutation()
  const full = Object.entries(keys).filter(([, values]) => Object.keys(values).length > 0)
  const slim = new StateImage()
  slim.apply({ ...rest, keys: Object.fromEntries(full) } satisfies Mutation)
  return slim
}

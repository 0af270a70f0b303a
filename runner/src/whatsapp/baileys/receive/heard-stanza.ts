import { getBinaryNodeChild, jidDecode, type BinaryNode } from '@whiskeysockets/baileys'
import type { Backlog, Heard } from '../../heard.ts'
import { tellsOfOwnDevices } from '../send/device-notices.ts'

/** Our own account, as the credentials name it. */
type Me = { readonly id: string; readonly lid?: string | undefined } | undefined

/** Stanzas that the server sends on a question of ours, or about the connection itself. */
const ANSWERS: ReadonlySet<string> = new Set(['iq', 'ack', 'success', 'failure', 'stream:error', 'xmlstreamend'])

const KINDS = ['message', 'receipt', 'notification', 'call'] as const

/** Describes a stanza that the server brought by itself; null for any other. */
export function heardIn(stanza: BinaryNode, me: Me): Heard | null {
  const { tag, attrs } = stanza
  if (ANSWERS.has(tag)) return null
  const seconds = Number(attrs['t'])
  return {
    kind: KINDS.find((kind) => kind === tag) ?? 'other',
    id: attrs['id'] ?? null,
    atMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null,
    isBacklog: attrs['offline'] !== undefined,
    isFromPhone: isFromPhone(stanza, me),
  }
}

/** The server's clock in its answer to a login, ms. */
export function serverTimeIn({ attrs }: BinaryNode): number | null {
  const seconds = Number(attrs['t'])
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null
}

export function backlogIn(stanza: BinaryNode): Backlog | null {
  if (stanza.tag !== 'ib') return null
  const announced = getBinaryNodeChild(stanza, 'offline_preview')
  if (announced) return { what: 'announced', count: Number(announced.attrs['count'] ?? 0) }
  const over = getBinaryNodeChild(stanza, 'offline')
  return over ? { what: 'over', count: Number(over.attrs['count'] ?? 0) } : null
}

/**
 * Device 0 of our account is the phone: it writes messages and receipts under its own name. It alone signs the list of the account's
 * devices. What else a notification tells may come from any device.
 */
function isFromPhone(stanza: BinaryNode, me: Me): boolean {
  const { from, participant, type } = stanza.attrs
  if (stanza.tag === 'notification') return type === 'account_sync' && tellsOfOwnDevices(stanza)
  if (stanza.tag !== 'message' && stanza.tag !== 'receipt') return false
  const sender = jidDecode(participant ?? from)
  const own = [me?.id, me?.lid].map((jid) => jidDecode(jid)?.user)
  return sender !== undefined && (sender.device ?? 0) === 0 && own.includes(sender.user)
}

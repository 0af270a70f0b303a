// Names of people in stanzas: a phone number or a LID, with the other name beside it. Not everybody has a LID.
import type { AddressingMode } from './addressing-mode.ts'
import type { Group } from './group.ts'
import { lidAttr, nameIn } from './names.ts'
import type { Names } from './names.ts'
import type { Person } from './person.ts'

/** The sender of a one-to-one message. The name beside it has no device. */
export const senderAttrs = (person: Person, { pn, lid }: Names, mode: AddressingMode): Record<string, string> =>
  mode === 'pn' || lid === undefined ? { from: pn, ...lidAttr('sender_lid', person) } : { from: lid, sender_pn: person.pn }

/** The sender of a group message. */
export const participantAttrs = (person: Person, { pn, lid }: Names, mode: AddressingMode): Record<string, string> =>
  mode === 'pn' || lid === undefined
    ? { participant: pn, ...lidAttr('participant_lid', person), addressing_mode: mode }
    : { participant: lid, participant_pn: person.pn, addressing_mode: mode }

/** The sender of a receipt. */
export type ReceiptSender = { from: string; participant?: string }

/** A one-to-one receipt comes from the device, a receipt in a group from the group. */
export const receiptSender = (handset: Names, mode: AddressingMode, group: Group | undefined): ReceiptSender =>
  group ? { from: group.id, participant: nameIn(handset, group.addressing) } : { from: nameIn(handset, mode) }

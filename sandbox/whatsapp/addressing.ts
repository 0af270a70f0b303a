// Names of people in stanzas: a phone number or a LID, with the other name beside it.
import type { AddressingMode } from './addressing-mode.ts'
import type { Group } from './group.ts'
import type { Handset } from './handset.ts'
import type { Person } from './person.ts'

/** The sender of a one-to-one message. The name beside it has no device. */
export const senderAttrs = (person: Person, { pn, lid }: Pick<Handset, 'pn' | 'lid'>, mode: AddressingMode) =>
  mode === 'pn' ? { from: pn, sender_lid: person.lid } : { from: lid, sender_pn: person.pn }

/** The sender of a group message. */
export const participantAttrs = (person: Person, { pn, lid }: Pick<Handset, 'pn' | 'lid'>, mode: AddressingMode) =>
  mode === 'pn'
    ? { participant: pn, participant_lid: person.lid, addressing_mode: mode }
    : { participant: lid, participant_pn: person.pn, addressing_mode: mode }

/** The sender of a receipt. */
export type ReceiptSender = { from: string; participant?: string }

/** A one-to-one receipt comes from the device, a receipt in a group from the group. */
export const receiptSender = (
  handset: Pick<Handset, 'pn' | 'lid'>,
  mode: AddressingMode,
  group: Group | undefined,
): ReceiptSender => (group ? { from: group.id, participant: handset[group.addressing] } : { from: handset[mode] })

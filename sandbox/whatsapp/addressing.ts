// How people are named in stanzas: by phone number or by LID, the other name beside it.
import type { Group } from './group.ts'
import type { Handset } from './handset.ts'
import type { Person } from './world.ts'

export type AddressingMode = 'pn' | 'lid'

/** Who writes one-to-one. The name beside it has no device. */
export const senderAttrs = (person: Person, { pn, lid }: Pick<Handset, 'pn' | 'lid'>, mode: AddressingMode) =>
  mode === 'pn' ? { from: pn, sender_lid: person.lid } : { from: lid, sender_pn: person.pn }

/** Who writes to a group. */
export const participantAttrs = (person: Person, { pn, lid }: Pick<Handset, 'pn' | 'lid'>, mode: AddressingMode) =>
  mode === 'pn'
    ? { participant: pn, participant_lid: person.lid, addressing_mode: mode }
    : { participant: lid, participant_pn: person.pn, addressing_mode: mode }

/** Whom a receipt comes from. */
export type ReceiptSender = { from: string; participant?: string }

/** A receipt about a one-to-one message comes from the device, one about a group's message from the group. */
export const receiptSender = (
  handset: Pick<Handset, 'pn' | 'lid'>,
  mode: AddressingMode,
  group: Group | undefined,
): ReceiptSender => (group ? { from: group.id, participant: handset[group.addressing] } : { from: handset[mode] })

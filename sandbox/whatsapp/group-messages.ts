// Messages from people to groups: one copy under the sender's key, and that key pairwise to every device that lacks it.
import { encodeWAMessage } from '@whiskeysockets/baileys'
import type { proto } from '@whiskeysockets/baileys'
import { participantAttrs } from './addressing.ts'
import { newMessageId } from './contact-messages.ts'
import type { Group, Member } from './group.ts'
import type { Handset } from './handset.ts'
import { timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import { clientsOf } from './account.ts'
import type { Contact } from './person.ts'

const enc = (type: string, content: Uint8Array): Stanza => ({ tag: 'enc', attrs: { v: '2', type }, content })

export class GroupMessages {
  /** Resolves when the message is queued for every client in the group. (Contacts do not read other contacts' group messages.) */
  send(group: Group, contact: Contact, text: string, handset: Handset = contact.main): Promise<string> {
    return this.say(group, contact, { conversation: text }, {}, handset)
  }

  /** Sends any message. `more` are attributes of its stanza, as a real client sets them for its kind. */
  async say(
    group: Group,
    member: Member,
    message: proto.IMessage,
    more: Record<string, string> = {},
    handset: Handset = member.main,
  ): Promise<string> {
    const id = newMessageId()
    const attrs = {
      from: group.id,
      ...participantAttrs(member, handset, group.addressing),
      type: 'text',
      notify: member.name,
      ...more,
    }
    for (const other of group.members) if (other !== member) member.knownTo.add(other)
    handset.sent.set(id, { message, attrs })
    await handset.endpoint.inTurn(() => this.#sendToClients(group, handset, id, message, attrs))
    return id
  }

  async #sendToClients(group: Group, handset: Handset, id: string, message: proto.IMessage, attrs: Record<string, string>) {
    const { key, recipients } = handset.groupKey(group.id)
    const distribution = { groupId: group.id, axolotlSenderKeyDistributionMessage: key.distribution() }
    const ciphertext = key.encrypt(encodeWAMessage(message))
    for (const device of group.members.flatMap(clientsOf)) {
      const content: Stanza[] = []
      if (!recipients.has(device)) {
        const pairwise = await handset.endpoint.encrypt(device.peer, { senderKeyDistributionMessage: distribution })
        content.push(enc(pairwise.type, pairwise.ciphertext))
        recipients.add(device)
      }
      content.push(enc('skmsg', ciphertext))
      device.queue.put({ tag: 'message', attrs: { ...attrs, id, t: timestamp() }, content })
    }
  }
}

import { normalizeMessageContent, proto, type BinaryNode } from '@whiskeysockets/baileys'

/** What the server has to see of a message, although it cannot read it. */
export interface StanzaParts {
  readonly additionalAttributes?: { [name: string]: string }
  readonly additionalNodes?: BinaryNode[]
}

/** The server's words for a change of an earlier message. */
const EDIT = { edited: '1', pinned: '2', deleted: '7', deletedByAdmin: '8' } as const

const { MESSAGE_EDIT, REVOKE } = proto.Message.ProtocolMessage.Type

/** Returns the attributes and nodes of the stanza that follow from the message. A repeated message has the same. */
export function stanzaPartsOf(message: proto.IMessage): StanzaParts {
  const content = normalizeMessageContent(message) ?? {}
  const edit = editOf(content)
  if (edit !== null) return { additionalAttributes: { edit } }
  if (content.pollCreationMessage || content.pollCreationMessageV3) return meta({ polltype: 'creation' })
  if (content.pollUpdateMessage) return meta({ polltype: 'vote' })
  if (content.eventMessage) return meta({ event_type: 'creation' })
  if (!content.listMessage) return {}
  const list = { tag: 'list', attrs: { v: '2', type: 'product_list' } }
  return { additionalNodes: [{ tag: 'biz', attrs: {}, content: [list] }] }
}

function editOf({ protocolMessage, pinInChatMessage }: proto.IMessage): string | null {
  if (pinInChatMessage) return EDIT.pinned
  if (protocolMessage?.type === MESSAGE_EDIT && protocolMessage.editedMessage) return EDIT.edited
  if (protocolMessage?.type !== REVOKE || !protocolMessage.key) return null
  return protocolMessage.key.fromMe === true ? EDIT.deleted : EDIT.deletedByAdmin
}

const meta = (attrs: { [name: string]: string }): StanzaParts => ({ additionalNodes: [{ tag: 'meta', attrs }] })

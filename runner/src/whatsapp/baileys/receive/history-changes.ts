import { createHash } from 'node:crypto'
import { normalizeMessageContent, type proto } from '@whiskeysockets/baileys'
import type { ChangeKind } from '@holdfast/core/message/message-change'
import type { MessageFacts } from '@holdfast/core/message/message-facts'
import type { ReceivedMessage } from '../../received-message.ts'
import { addressInHistory } from './history-address.ts'
import { pollIn } from './message-kinds.ts'
import { eventAnswerOf } from './message-secrets.ts'
import { ourselves } from './message-changes.ts'
import type { Address, Reader } from './reader.ts'

/** A change, as the phone keeps it with its message. */
interface Kept {
  readonly kind: ChangeKind
  readonly key: proto.IMessageKey | null | undefined
  readonly at: number | { toString(): string } | null | undefined
  readonly text: string | null
  readonly facts: MessageFacts
}

/** Returns the reactions, votes and answers that the phone keeps with a message, as messages that change it. */
export function changesOfStored(stored: proto.IWebMessageInfo, reader: Reader): ReceivedMessage[] {
  const target = addressInHistory(stored.key, stored.participant, reader)
  if (!target) return []
  return keptIn(stored).flatMap(({ kind, key, at, text, facts }, index) => {
    // A key may lack its chat, which is that of the message.
    const whole = { ...key, remoteJid: stored.key?.remoteJid ?? null, id: key?.id ?? `${target.messageId} ${kind} ${index}` }
    const where = addressInHistory(whole, null, reader)
    if (!where || (where.participant === null && target.participant !== null)) return []
    const by = writerOf(where, reader)
    const change = { kind, target, by }
    return [
      { ...where, pushName: null, type: kind, text, facts, proto: new Uint8Array(), sentAtMs: Number(at ?? 0), changes: change },
    ]
  })
}

function keptIn({ message, reactions, pollUpdates, eventResponses }: proto.IWebMessageInfo): Kept[] {
  const options = optionsOf(message)
  return [
    ...(reactions ?? []).map(({ key, text, senderTimestampMs: at }) => ({
      kind: 'reaction' as const,
      key,
      at,
      text: text ?? '',
      facts: {},
    })),
    ...(pollUpdates ?? []).map(({ pollUpdateMessageKey: key, vote, senderTimestampMs: at }) => ({
      kind: 'vote' as const,
      key,
      at,
      text: null,
      facts: { vote: (vote?.selectedOptions ?? []).flatMap((hash) => options.get(Buffer.from(hash).toString('hex')) ?? []) },
    })),
    ...(eventResponses ?? []).map(({ eventResponseMessageKey: key, eventResponseMessage: answer, timestampMs: at }) => ({
      kind: 'response' as const,
      key,
      at,
      text: null,
      facts: { response: answer ? eventAnswerOf(answer) : null },
    })),
  ]
}

/** The names of a poll's options, by the hashes with which votes name them. */
function optionsOf(message: proto.IMessage | null | undefined): ReadonlyMap<string, string> {
  const poll = pollIn(normalizeMessageContent(message ?? undefined) ?? {})
  const names = (poll?.options ?? []).map(({ optionName }) => optionName ?? '')
  return new Map(names.map((name) => [createHash('sha256').update(name).digest('hex'), name]))
}

const writerOf = ({ fromMe, participant, chat }: Address, reader: Reader): string =>
  fromMe ? ourselves(reader).name : (participant ?? chat)

/** The phone stores an edited message as its own edit. */
export function withoutOwnEdit(message: proto.IMessage, id: string): proto.IMessage {
  const { key, editedMessage } = normalizeMessageContent(message)?.protocolMessage ?? {}
  return editedMessage && key?.id === id ? editedMessage : message
}

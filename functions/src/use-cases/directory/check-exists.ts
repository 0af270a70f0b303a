import { chatIdOf } from '@holdfast/core/message/chat-id'
import type { Principal } from '../../app/principal.ts'
import { askOwner, type AskingOwners } from '../ask-owner.ts'
import type { Dependencies } from '../dependencies.ts'
import { findSession } from '../find-session.ts'

/**
 * Tells whether a phone number, in digits, has an account, and the id of the chat with it. Asks WhatsApp through the owner of the session,
 * unless this instance did so a while ago.
 *
 * @throws what `askOwner` throws
 */
export async function checkExists(
  dependencies: AskingOwners & Pick<Dependencies, 'numbers'>,
  principal: Principal,
  { session, phone }: { readonly session: string; readonly phone: string },
): Promise<{ readonly numberExists: boolean; readonly chatId?: string }> {
  const { documents, numbers } = dependencies
  const { id } = await findSession(documents, principal, session)
  const known = numbers.chatOf(id, phone)
  if (known !== undefined) return answerOf(known)
  const { found } = await askOwner(dependencies, principal, { session, kind: 'check-exists', args: { phones: [phone] } })
  const chat = found.find((one) => one.phone === phone)?.chat ?? null
  numbers.learn(id, phone, chat)
  return answerOf(chat)
}

const answerOf = (chat: string | null) =>
  chat === null ? { numberExists: false } : { numberExists: true, chatId: chatIdOf(chat) }

import type { MessageContent } from '@holdfast/core/message/content'
import { hasFile } from '@holdfast/core/message/media-content'
import type { Principal } from '../app/principal.ts'
import { acceptMessage } from './accept-message.ts'
import type { Dependencies } from './dependencies.ts'
import { discardFile } from './discard-file.ts'
import type { MessageRequest } from './new-message.ts'
import { References } from './references.ts'
import { type Accepted, sendAnswer } from './send-answer.ts'

/** What is to be sent, and to which chat. */
export interface Made {
  readonly chatId: string
  readonly content: MessageContent
}

export interface ContentRequest extends Omit<MessageRequest, 'chatId' | 'content' | 'pool' | 'session'> {
  readonly session: string
  readonly idempotencyKey: string
  /** Makes the content, with the messages that the request refers to. */
  readonly make: (references: References) => Promise<Made> | Made
}

/**
 * Accepts a message of any kind, which may refer to others of its session. Returns the answer of a send.
 *
 * @throws Refusal of `acceptMessage`; `unknown-message` or `not-possible` for a message that is not known
 */
export async function acceptContent(
  dependencies: Parameters<typeof acceptMessage>[0] & Pick<Dependencies, 'documents' | 'media' | 'wrappingKey' | 'publicUrl'>,
  principal: Principal,
  { make, ...request }: ContentRequest,
): Promise<ReturnType<typeof sendAnswer>> {
  const references = await References.of(dependencies, principal, request.session)
  const { chatId, content } = await make(references)
  const accepted: Accepted = await acceptMessage(dependencies, principal, { ...request, pool: null, chatId, content })
  // The earlier request has a file of its own.
  if (accepted.isEarlier === true && hasFile(content) && content.media.source.kind === 'stored')
    await discardFile(dependencies, content.media.source.object)
  return sendAnswer(accepted, content, { publicUrl: dependencies.publicUrl ?? '', session: request.session })
}

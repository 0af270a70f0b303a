import { parseChatId } from '@holdfast/core/message/chat-id'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import { Refusal } from './refusal.ts'
import { readRunners, type RunnerSummary } from './runner-answer.ts'

/**
 * Refuses a file for a channel while a runner of an earlier version is at work: that one would encrypt it, and no member could open it.
 *
 * @throws Refusal `unsupported-chat`
 */
export async function requirePosting(
  { documents }: { readonly documents: Pick<DocumentStore, 'query'> },
  chatId: string,
): Promise<void> {
  if (parseChatId(chatId)?.kind !== 'newsletter' || mayPost(await readRunners(documents))) return
  throw new Refusal(
    'unsupported-chat',
    'chatId names a channel, to which no file can be sent while a runner of an earlier version is at work. Deploy the runners first.',
  )
}

/** A runner of an earlier version does not say that it can. */
export const mayPost = (runners: readonly Pick<RunnerSummary, 'answer' | 'postsFiles'>[]): boolean =>
  runners.every(({ answer, postsFiles }) => postsFiles || answer.state === 'dead')

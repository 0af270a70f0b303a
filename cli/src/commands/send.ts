import { answerOf } from '@holdfast/client/client'
import type { Message } from '@holdfast/client/types'
import { InvalidArgumentError } from '@commander-js/extra-typings'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { usage } from '../failure.ts'
import { readTime } from '../output/time.ts'

const LOOK_EVERY_MS = 500

/** States in which a message stays until somebody does something. */
const ENDS = new Set<Message['status']>(['sent', 'delivered', 'read', 'failed', 'canceled'])

export const addSend: AddCommands = (program, run) => {
  program
    .command('send')
    .description('send a text; it is stored before the command ends')
    .argument('<chat>', 'a phone number with its country, or the id of a chat')
    .argument('<text>', 'the text; - reads it from standard input')
    .option('-s, --session <name>', 'the session that sends')
    .option('--pool <name>', 'the pool whose sessions may send it')
    .option('--key <key>', 'the idempotency key: the same key never makes a second message')
    .option('--at <time>', 'send it not before: a time with its zone, or 30m, 2h, 1d from now')
    .option('--priority <level>', 'high, normal or low', priorityOf)
    .option('--wait', 'wait until WhatsApp has it, or it has failed')
    .action(
      run(async (context, chat, given, { session, pool, key, at, priority, wait }) => {
        if (session !== undefined && pool !== undefined) throw usage('It is --session or --pool, not both.')
        const text = given === '-' ? await context.host.stdin.readAll() : given
        const sendAt = at === undefined ? undefined : readTime(at, context.now)
        if (sendAt === null) throw usage(`"${at}" is no time: as 2026-12-31T18:00:00Z, or as 2h.`)
        const body = {
          chatId: chatIdOf(chat),
          text,
          ...(session === undefined ? {} : { session }),
          ...(pool === undefined ? {} : { pool }),
          ...(sendAt === undefined ? {} : { sendAt }),
          ...(priority === undefined ? {} : { priority }),
        }
        const params = { header: { 'Idempotency-Key': key ?? context.host.newId() } }
        const accepted = await answerOf(context.api.POST('/api/sendText', { params, body }))
        if (wait) return await follow(context, accepted.jobId)
        return context.show(accepted, () => [
          `Accepted as ${accepted.jobId} for ${body.chatId}.`,
          `What becomes of it: holdfast queue show ${accepted.jobId}`,
        ])
      }),
    )
}

function priorityOf(text: string): 'high' | 'normal' | 'low' {
  if (text === 'high' || text === 'normal' || text === 'low') return text
  throw new InvalidArgumentError('It is high, normal or low.')
}

/** A number as people write it becomes the id of a chat; an id stays as it is. @throws Failure */
export function chatIdOf(chat: string): string {
  if (chat.includes('@')) return chat
  const digits = chat.replace(/[\s()./-]/g, '').replace(/^\+/, '')
  if (!/^[1-9]\d{6,14}$/.test(digits)) {
    throw usage(
      `"${chat}" is no phone number with its country, and no id of a chat.`,
      'As +55 11 99999-0000, or 5511999990000@c.us.',
    )
  }
  return `${digits}@c.us`
}

/** Waits until the message has come to its end. */
async function follow(context: Context, id: string): Promise<ExitCode> {
  for (;;) {
    const message = await answerOf(context.api.GET('/api/messages/{id}', { params: { path: { id } } }))
    if (ENDS.has(message.status)) {
      context.show(message, () => [
        `${message.status}: ${message.jobId}`,
        ...(message.error === null ? [] : context.sentence(`${message.error.code}: ${message.error.message}`)),
      ])
      return message.status === 'failed' || message.status === 'canceled' ? EXIT.failed : EXIT.ok
    }
    context.progress.show(`${message.status}${message.waiting ? `, waits: ${message.waiting.reason}` : ''} …`)
    await context.pause(LOOK_EVERY_MS)
  }
}

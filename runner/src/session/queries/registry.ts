import type { Logger } from '@holdfast/core/platform/logging'
import type { QueryAnswer, QueryArgs, QueryKind } from '@holdfast/core/operations/owner-queries'
import type { Bytes } from '@holdfast/core/platform/object-streams'
import type { Clock } from '@holdfast/core/platform/ports'
import type { Happening } from '../../whatsapp/happening.ts'
import type { Client, Connection } from '../../whatsapp/port.ts'
import { type AskedOfWhatsApp, QuestionRefused } from '../../whatsapp/questions.ts'
import type { Directory } from '../directory/directory.ts'
import type { Groups } from '../directory/groups.ts'
import { fetchedPicture } from './fetched-picture.ts'

/** Takes files of the phone's history that somebody asks for. */
export interface WantedMedia {
  want(document: string): Promise<void>
}

/** What the handlers of questions work with. */
export interface QuerySession {
  /** It is open. A kind that needs the owner alone has none. */
  readonly connection: Connection
  readonly directory: Directory
  readonly groups: Groups
  readonly client: Pick<Client, 'contactOf'>
  readonly clock: Pick<Clock, 'now'>
  readonly logger: Logger
  /** Tells of what was changed here. WhatsApp tells it to the other devices only. */
  readonly happened: (happening: Happening) => void
  readonly incomingMedia: WantedMedia
  /** Begins to fetch a file from a host outside. */
  readonly fetchFile: (url: string) => Promise<{ readonly bytes: Bytes }>
}

/**
 * Answers one kind of question. It may throw `QuestionRefused`, whose sentence the caller of the API reads; any other error is logged and
 * answered as `failed`.
 */
export type QueryHandler<Kind extends QueryKind> = (session: QuerySession, args: QueryArgs<Kind>) => Promise<QueryAnswer<Kind>>

type Handlers = { readonly [Kind in Exclude<QueryKind, AskedOfWhatsApp>]: QueryHandler<Kind> } & {
  readonly [Kind in AskedOfWhatsApp]?: QueryHandler<Kind>
}

type ChangeOfGroup = 'create-group' | 'change-participants' | 'change-group' | 'leave-group' | 'join-group'

/** Does a change of a group, and lets the answer wait until the stored group shows it. */
function refreshing<Kind extends ChangeOfGroup>(
  kind: Kind,
  groupOf: (answer: QueryAnswer<Kind>, args: QueryArgs<Kind>) => string = (_, args) => (args as { group: string }).group,
): QueryHandler<Kind> {
  return async ({ connection, groups, logger }, args) => {
    const answer = await connection.questions[kind](args)
    // The change is done, whatever becomes of the question for the group.
    await groups.refresh(groupOf(answer, args)).catch((error: unknown) => {
      logger.info({ error, kind }, 'A group that was changed could not be read anew; its stored description follows.')
    })
    return answer
  }
}

/** The kinds of questions that need more than the connection. */
const HANDLERS: Handlers = {
  forget: async ({ directory }, { ids }) => {
    await directory.forget(ids)
    return {}
  },
  'fetch-media': async ({ incomingMedia }, { document }) => {
    await incomingMedia.want(document)
    return {}
  },
  'change-picture': async ({ connection, fetchFile }, { chat, jpeg, url }) =>
    connection.questions['change-picture']({ chat, jpeg: url === undefined ? jpeg : await fetchedPicture(fetchFile, url) }),
  seen: async ({ connection, directory }, { messages }) => {
    const answer = await connection.questions.seen({ messages })
    for (const { chat } of messages) directory.read(chat)
    return answer
  },
  block: async ({ connection, directory }, args) => {
    const answer = await connection.questions.block(args)
    directory.hear({ contacts: [{ id: args.contact, isBlocked: args.isBlocked }] })
    return answer
  },
  'save-contact': async ({ connection, directory }, args) => {
    const answer = await connection.questions['save-contact'](args)
    const name = [args.firstName, args.lastName].filter((part) => part !== '').join(' ')
    directory.hear({ contacts: [{ id: args.contact, name }] })
    return answer
  },
  'change-chat': async (session, args) => {
    const { connection, directory, client } = session
    const answer = await connection.questions['change-chat'](args)
    const news = NEWS_OF[args.change]
    directory.hear({ chats: [{ id: args.chat, ...news }] })
    if ('archived' in news) {
      session.happened({ type: 'chat.archive', ...now(session), chat: client.contactOf(args.chat), archived: news.archived })
    }
    return answer
  },
  groups: async ({ connection, groups }, args) => {
    if (!args.storesOnly) return connection.questions.groups(args)
    await groups.list()
    return { groups: [] }
  },
  'create-group': refreshing('create-group', ({ group }) => group.id),
  'change-participants': refreshing('change-participants'),
  'change-group': refreshing('change-group'),
  'leave-group': refreshing('leave-group'),
  'join-group': refreshing('join-group', ({ group }) => group),
  'put-label': async (session, args) => {
    const { connection, directory } = session
    if (args.id !== null) requireLabels(await directory.labels(null), [args.id])
    const id = args.id ?? (await directory.newLabel())
    await connection.questions['put-label']({ ...args, id })
    const { name, color, isGone } = args
    directory.hear({ labels: [{ label: id, chat: null, name, color, isGone }] })
    session.happened({ type: isGone ? 'label.deleted' : 'label.upsert', ...now(session), label: { id, name, color } })
    return { id }
  },
  'label-chat': async (session, { chat, labels }) => {
    const { connection, directory, client } = session
    requireLabels(await directory.labels(null), labels)
    const former = await directory.labels(chat)
    const added = labels.filter((label) => !former.includes(label))
    const removed = former.filter((label) => !labels.includes(label))
    const change = async (label: string, isGone: boolean): Promise<void> => {
      const [to, from] = isGone ? [[], [label]] : [[label], []]
      await connection.questions['label-chat']({ chat, labels: to, former: from })
      // Each change is told when it is made: the next one may fail, and WhatsApp would never tell this one.
      directory.hear({ labels: [{ label, chat, isGone }] })
      const type = isGone ? 'label.chat.deleted' : 'label.chat.added'
      session.happened({ type, ...now(session), label, chat: client.contactOf(chat) })
    }
    for (const label of added) await change(label, false)
    for (const label of removed) await change(label, true)
    return {}
  },
}

/** When something was changed here. No stanza brought it. */
const now = ({ clock }: QuerySession) => ({ id: null, atMs: clock.now() })

/** @throws QuestionRefused `unknown` unless all of these labels exist */
function requireLabels(known: readonly string[], wanted: readonly string[]): void {
  const unknown = wanted.find((id) => !known.includes(id))
  if (unknown === undefined) return
  throw new QuestionRefused('unknown', `The account has no label with the id ${unknown.slice(0, 32)}.`)
}

/** What a change of a chat means for the list of chats. Emptied chats stay in it. */
const NEWS_OF = {
  archive: { archived: true },
  unarchive: { archived: false },
  unread: { unread: 1 },
  read: { unread: 0 },
  clear: { unread: 0 },
  delete: { isGone: true },
} as const satisfies Record<QueryArgs<'change-chat'>['change'], object>

/** Returns the handler of a kind of question. */
export const handlerOf = <Kind extends QueryKind>(kind: Kind): QueryHandler<Kind> =>
  (HANDLERS as { readonly [One in QueryKind]?: QueryHandler<One> })[kind] ??
  (({ connection }, args) =>
    (connection.questions as unknown as Record<Kind, (of: typeof args) => Promise<QueryAnswer<Kind>>>)[kind](args))

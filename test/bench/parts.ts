import { measureBackups } from './backups.ts'
import { measureChatList } from './chat-list.ts'
import { measureGroups } from './groups.ts'
import { measureMedia } from './media.ts'
import { measureLists } from './lists.ts'
import type { Options } from './options.ts'
import { measureTraces } from './traces.ts'
import { measureWebhooks } from './webhooks.ts'

/** What is measured without a comparison, each in a world of its own. The names of options, with the names of the figures. */
const PARTS = {
  chats: async () => ({ chatListMs: await measureChatList() }),
  lists: async (_: Options, say: (text: string) => void) => ({ lists: await measureLists(say) }),
  media: async () => ({ media: await measureMedia() }),
  webhooks: async ({ events }: Options) => ({ webhooks: await measureWebhooks(events) }),
  groups: async () => ({ groups: await measureGroups() }),
  backups: async () => ({ backups: await measureBackups() }),
  traces: async () => ({ tracesOfAMessage: await measureTraces() }),
} as const

type Part = keyof typeof PARTS

const ALL = Object.keys(PARTS) as Part[]

/** Returns the parts that the options name. */
export const partsNamed = (options: Options): Part[] => ALL.filter((part) => options[part])

/** Measures some parts, or all of them. */
export async function measureParts(options: Options, say: (text: string) => void, parts = ALL): Promise<object> {
  const figures: object[] = []
  for (const part of parts) {
    say(`${TITLES[part]} ...`)
    figures.push(await PARTS[part](options, say))
  }
  return Object.assign({}, ...figures) as object
}

const TITLES: Readonly<Record<Part, string>> = {
  chats: 'Lists of 5,000 chats',
  lists: 'Lists of 5,000 sessions and 50,000 messages',
  media: 'Documents of 20 MiB',
  webhooks: 'Webhooks',
  groups: 'Groups of 1,000 members',
  backups: 'Backups of a session with 5,000 contacts',
  traces: 'The spans of a message',
}

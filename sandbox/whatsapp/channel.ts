// A channel: its owner posts, everybody can read it, and its followers are told.
import type { Account } from './account.ts'
import type { SeenContent } from './content/read-content.ts'
import type { ReceivedFile } from './media/uploads.ts'

export type Channel = {
  readonly id: string
  name: string
  readonly owner: Account
  readonly followers: Set<Account>
  readonly posts: Map<string, { id: string; content: SeenContent; file: ReceivedFile | null }>
}

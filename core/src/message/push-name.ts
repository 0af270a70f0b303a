import type { ReceivedContent } from './content.ts'
import type { MessageDocument } from './message-document.ts'

/** What of a name is readable beside its sealed form, for people who look at documents: its first letter. */
export function maskedName(name: string | null): string | null {
  const [first] = name ?? ''
  return first === undefined ? name : `${first}…`
}

/** The name that the sender of a message gave itself. Documents of earlier versions have it in the clear, and not in their content. */
export const pushNameOf = (
  document: Pick<MessageDocument, 'pushName'>,
  { pushName }: Pick<ReceivedContent, 'pushName'>,
): string | null => (pushName === undefined ? document.pushName : pushName)

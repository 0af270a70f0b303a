import type { LinkPreview, MessageContent, MessageReference } from '@holdfast/core/message/content'
import type { Composition, PreparedPreview } from '../../whatsapp/port.ts'

export interface PreparationOptions {
  /** Returns the seconds after which a message to the chat disappears; null when nothing is known of the chat. */
  readonly disappearsAfter: (chat: string) => Promise<number | null> | number | null
  /** Returns an encoded message; null when it is gone. */
  readonly referred: { find(reference: MessageReference): Promise<Uint8Array | null> }
  /** Makes the preview of a text. Absent when this process calls no hosts outside. */
  readonly previews?: { of(text: string, preview: LinkPreview): Promise<PreparedPreview | null> } | undefined
}

/** Gets what a content needs to become a message: the messages that it refers to, and the preview of its link. */
export class Preparation {
  readonly #options: PreparationOptions

  constructor(options: PreparationOptions) {
    this.#options = options
  }

  async prepare(chat: string, content: MessageContent, messageId: string): Promise<Composition> {
    const { referred, disappearsAfter } = this.#options
    const quote = 'replyTo' in content ? content.replyTo : undefined
    const source = sourceOf(content)
    const prepared = {
      chat,
      content,
      messageId,
      quoted: quote ? await referred.find(quote) : null,
      source: source && (await referred.find(source)),
      preview: await this.#previewOf(content),
    }
    // The last one, because it may change meanwhile. A known one costs no turn, in which a receipt could settle the job.
    const timer = disappearsAfter(chat)
    return { ...prepared, disappearsAfter: timer instanceof Promise ? await timer : timer }
  }

  async #previewOf(content: MessageContent): Promise<PreparedPreview | null> {
    const { previews } = this.#options
    if (!('preview' in content) || !content.preview) return null
    if (previews) return previews.of(content.text, content.preview)
    const { preview } = content
    return preview.kind === 'given' ? { ...preview, thumbnail: null } : null
  }
}

/** The message without which the content cannot be made. */
function sourceOf(content: MessageContent): MessageReference | null {
  if (content.type === 'forward') return content.source
  return content.type === 'poll-vote' ? content.poll : null
}

import { isOggOpus } from '@holdfast/core/message/ogg-opus'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import { Refusal } from './refusal.ts'
import { readRunners, type RunnerSummary } from './runner-answer.ts'

/** What is known of a sound before its message is accepted. */
export interface GivenSound {
  readonly mimetype: string
  /** Its first bytes; null for a sound that the runner fetches from its address. */
  readonly head: Buffer | null
}

/**
 * Refuses a sound that has to be converted where no runner can do it, instead of a message that fails later.
 *
 * @throws Refusal `cannot-convert`
 */
export async function requireConverter(
  { documents }: { readonly documents: Pick<DocumentStore, 'query'> },
  sound: GivenSound,
): Promise<void> {
  if (isVoiceMessage(sound) || mayConvert(await readRunners(documents))) return
  throw new Refusal(
    'cannot-convert',
    'No runner of this installation can convert sounds, because none has ffmpeg. Send the sound as audio/ogg with Opus, or run an image ' +
      'of the runner with ffmpeg (docs/DEPLOY.md).',
  )
}

/** Bytes tell more than what their sender calls them. Without them the type counts, which is a guess where the sender named none. */
export const isVoiceMessage = ({ mimetype, head }: GivenSound): boolean => (head ? isOggOpus(head) : isVoiceType(mimetype))

function isVoiceType(mimetype: string): boolean {
  const [type = '', ...more] = mimetype.toLowerCase().split(';')
  if (!/^audio\/(ogg|opus)$/.test(type.trim())) return false
  const codecs = more.map((one) => /^\s*codecs\s*=\s*"?([\w.-]+)/.exec(one)?.[1]).find((codec) => codec !== undefined)
  return codecs === undefined || codecs === 'opus'
}

/** A runner of an earlier version does not say whether it can. Without any live runner nobody knows who will send the message. */
export function mayConvert(runners: readonly Pick<RunnerSummary, 'answer' | 'convertsVoice'>[]): boolean {
  const live = runners.filter(({ answer }) => answer.state !== 'dead')
  return live.length === 0 || live.some(({ convertsVoice }) => convertsVoice !== false)
}

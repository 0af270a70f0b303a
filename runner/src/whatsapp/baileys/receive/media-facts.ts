import type { MessageFacts } from '@holdfast/core/message/message-facts'

type MediaFacts = NonNullable<MessageFacts['media']>

/** A number of the protobuf, which may be 64 bits long. */
type Long = number | { toString(): string } | null | undefined

/** The fields that all kinds of media share. */
interface MediaPart {
  readonly mimetype?: string | null
  readonly fileLength?: Long
  readonly seconds?: number | null
}

export function mediaFacts(part: MediaPart, form?: MediaFacts['form']): MediaFacts {
  return {
    mimetype: part.mimetype ?? null,
    filename: null,
    bytes: numberOf(part.fileLength),
    seconds: part.seconds ?? null,
    ...(form === undefined ? {} : { form }),
  }
}

/** Null for an absent number, and for one that JavaScript cannot hold. */
export function numberOf(value: Long): number | null {
  const number = value === null || value === undefined ? Number.NaN : Number(value)
  return Number.isSafeInteger(number) ? number : null
}

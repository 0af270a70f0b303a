/** Fields of WhatsApp's message that are no content: keys of groups, and the context of the message. */
const NO_CONTENT: ReadonlySet<number> = new Set([2, 15, 35])

/** The message that another device of ours sent, and the field of it that has the message itself. */
const DEVICE_SENT = 31
const SENT_MESSAGE = 2

/**
 * Whether an encoded message has a part that is content. It is asked where the decoder found none: it drops what it does not know, and a
 * kind of a later version of WhatsApp must not get lost. False for bytes that are no message.
 */
export function hasContent(bytes: Uint8Array): boolean {
  const fields = fieldsOf(bytes)
  const sent = fields.find(({ number }) => number === DEVICE_SENT)
  const inner = sent && fieldsOf(sent.bytes).find(({ number }) => number === SENT_MESSAGE)
  const own = inner ? fieldsOf(inner.bytes) : fields
  return own.some(({ number }) => number !== DEVICE_SENT && !NO_CONTENT.has(number))
}

/** The top-level fields that hold bytes, in the order of the encoding. Reading ends where the bytes make no sense. */
function fieldsOf(bytes: Uint8Array): { number: number; bytes: Uint8Array }[] {
  const fields: { number: number; bytes: Uint8Array }[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = varintAt(bytes, at)
    const length = tag && tag.value % 8 === 2 ? varintAt(bytes, tag.end) : null
    if (!tag || !length || length.end + length.value > bytes.length) break
    at = length.end + length.value
    fields.push({ number: Math.floor(tag.value / 8), bytes: bytes.subarray(length.end, at) })
  }
  return fields
}

/** The longest varint of a tag or a length. */
const MOST_BYTES = 5

function varintAt(bytes: Uint8Array, start: number): { value: number; end: number } | null {
  let value = 0
  for (let index = 0; index < MOST_BYTES; index++) {
    const byte = bytes[start + index]
    if (byte === undefined) return null
    value += (byte % 128) * 128 ** index
    if (byte < 128) return { value, end: start + index + 1 }
  }
  return null
}

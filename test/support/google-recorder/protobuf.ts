/** The little of Protocol Buffers that messages of gRPC are put together from. */

export interface ProtoField {
  readonly number: number
  /** The bytes of a text or of a message, or a whole number. */
  readonly value: Buffer | number
}

/** Returns the fields of a message. Numbers of fixed length are left out. */
export function fieldsIn(message: Buffer): readonly ProtoField[] {
  const fields: ProtoField[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let place = 1; ; place *= 128) {
      const byte = message[at++] ?? 0
      value += (byte % 128) * place
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const [number, kind] = [Math.floor(tag / 8), tag % 8]
    if (kind === 0) fields.push({ number, value: varint() })
    else if (kind === 2) {
      const length = varint()
      fields.push({ number, value: message.subarray(at, (at += length)) })
    } else at += kind === 1 ? 8 : 4
  }
  return fields
}

/** Returns the bytes of the message below a path of field numbers. Empty if there is none. */
export const messageAt = (message: Buffer, ...path: readonly number[]): Buffer =>
  path.reduce<Buffer>((inside, number) => {
    const found = fieldsIn(inside).find((field) => field.number === number)?.value
    return Buffer.isBuffer(found) ? found : Buffer.alloc(0)
  }, message)

/** A field with a number, or with bytes. */
export const field = (number: number, value: Buffer | number): Buffer =>
  typeof value === 'number'
    ? Buffer.concat([varintOf(number * 8), varintOf(value)])
    : Buffer.concat([varintOf(number * 8 + 2), varintOf(value.length), value])

function varintOf(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128)
    if (rest < 128) return Buffer.from(bytes)
  }
}

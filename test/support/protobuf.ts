/** One field of a message on the wire: of a length, or a whole number. */
export interface Field {
  readonly number: number
  readonly bytes: Buffer | null
  readonly whole: bigint | null
}

/** Reads the fields of a protobuf message without its description. https://protobuf.dev/programming-guides/encoding/ */
export function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = Number(varint())
    const [number, type] = [tag >> 3, tag & 7]
    if (type === 0) fields.push({ number, bytes: null, whole: varint() })
    else if (type === 1) fields.push({ number, bytes: null, whole: message.readBigUInt64LE((at += 8) - 8) })
    else if (type === 5) fields.push({ number, bytes: null, whole: BigInt(message.readUInt32LE((at += 4) - 4)) })
    else if (type === 2) {
      const length = Number(varint())
      fields.push({ number, bytes: message.subarray(at, (at += length)), whole: null })
    } else throw new Error(`A protobuf field has the unknown type ${type}.`)
  }
  return fields
}

/** The fields of one protobuf message, without its schema. */
export class ProtobufFields {
  readonly #numbers = new Map<number, number>()
  readonly #bytes = new Map<number, Buffer[]>()

  /** @throws SyntaxError when the bytes are no protobuf message */
  constructor(message: Uint8Array) {
    const bytes = Buffer.from(message)
    for (let at = 0; at < bytes.length;) {
      const tag = varintAt(bytes, at)
      const [field, kind] = [tag.value >>> 3, tag.value & 7]
      if (kind === 0) {
        const { value, end } = varintAt(bytes, tag.end)
        this.#numbers.set(field, value)
        at = end
      } else if (kind === 2) {
        const { value: length, end } = varintAt(bytes, tag.end)
        if (end + length > bytes.length) throw new SyntaxError('A field is cut.')
        this.#bytes.set(field, [...(this.#bytes.get(field) ?? []), bytes.subarray(end, end + length)])
        at = end + length
      } else throw new SyntaxError('A field has another kind.')
    }
  }

  /** Zero when it is absent, as in protobuf. */
  number(field: number): number {
    return this.#numbers.get(field) ?? 0
  }

  bytes(field: number): Buffer | null {
    return this.#bytes.get(field)?.at(-1) ?? null
  }

  /** @throws SyntaxError when there are others than so many */
  key(field: number, ...lengths: readonly number[]): Buffer {
    const found = this.bytes(field)
    if (!found || !lengths.includes(found.length)) throw new SyntaxError('A key is missing or has another length.')
    return found
  }

  message(field: number): ProtobufFields | null {
    const found = this.bytes(field)
    return found && new ProtobufFields(found)
  }

  messages(field: number): ProtobufFields[] {
    return (this.#bytes.get(field) ?? []).map((bytes) => new ProtobufFields(bytes))
  }
}

function varintAt(bytes: Buffer, at: number): { value: number; end: number } {
  let value = 0
  for (let index = 0; index < 10; index++) {
    const byte = bytes[at + index]
    if (byte === undefined) break
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return { value, end: at + index + 1 }
  }
  throw new SyntaxError('A number is cut.')
}

import { BufferJSON, type SignalDataSet, type SignalDataTypeMap, type SignalKeyStore } from '@whiskeysockets/baileys'

/** Keeps keys in memory. Each read returns a fresh copy, as a read from a disk does. */
export class MemoryKeys implements SignalKeyStore {
  readonly values = new Map<string, string>()
  readonly #encode: (kind: keyof SignalDataTypeMap, value: unknown) => string

  constructor(encode = (_kind: keyof SignalDataTypeMap, value: unknown) => JSON.stringify(value, BufferJSON.replacer)) {
    this.#encode = encode
  }

  get: SignalKeyStore['get'] = async (kind, ids) => {
    const found: Record<string, never> = {}
    for (const id of ids) {
      const value = this.values.get(`${kind}|${id}`)
      if (value !== undefined) found[id] = JSON.parse(value, BufferJSON.reviver) as never
    }
    return found
  }

  set: SignalKeyStore['set'] = async (data: SignalDataSet) => {
    for (const [kind, values] of Object.entries(data)) {
      for (const [id, value] of Object.entries(values)) {
        if (value) this.values.set(`${kind}|${id}`, this.#encode(kind as keyof SignalDataTypeMap, value))
        else this.values.delete(`${kind}|${id}`)
      }
    }
  }
}

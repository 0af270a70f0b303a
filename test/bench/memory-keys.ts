import type { SignalDataSet, SignalDataTypeMap, SignalKeyStore } from '@whiskeysockets/baileys'

/** Keeps keys in memory by reference. This is the fastest possible store, and its keys are lost when the process ends. */
export function memoryKeys(): SignalKeyStore {
  const kinds = new Map<string, Map<string, unknown>>()
  const kindOf = (type: string): Map<string, unknown> => {
    const known = kinds.get(type) ?? new Map<string, unknown>()
    kinds.set(type, known)
    return known
  }
  return {
    get: async <Type extends keyof SignalDataTypeMap>(type: Type, ids: string[]) => {
      const kind = kindOf(type)
      const found = ids.flatMap((id) => (kind.has(id) ? [[id, kind.get(id)] as const] : []))
      return Object.fromEntries(found) as Record<string, SignalDataTypeMap[Type]>
    },
    set: async (data: SignalDataSet) => {
      for (const [type, values] of Object.entries(data)) {
        for (const [id, value] of Object.entries(values)) {
          if (value === null) kindOf(type).delete(id)
          else kindOf(type).set(id, value)
        }
      }
    },
  }
}

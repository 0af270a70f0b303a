/**
 * Reads a value as stores of Baileys keep it: JSON in which bytes are base64 (`{type: "Buffer", data: "…"}`), or, where a database has
 * turned them into JSON by itself, a list of numbers or an object with numbers under 0, 1, 2, … A text that holds JSON is read through:
 * Evolution packs the credentials twice.
 *
 * @throws SyntaxError when it is no JSON
 */
export function readStored(text: string): unknown {
  let value = revive(text)
  for (let packed = 0; typeof value === 'string' && /^\s*["{[]/.test(value) && packed < MOST_PACKED; packed++)
    value = revive(value)
  if (!isWithin(value, MOST_LEVELS)) throw new SyntaxError('The value is nested too deep.')
  return value
}

const MOST_PACKED = 3

/** A session has seven levels. What is nested without end would end the stack of whoever walks through it. */
const MOST_LEVELS = 50

const revive = (text: string): unknown => JSON.parse(text, (_, value: unknown) => bytesOf(value) ?? value)

const isWithin = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  Buffer.isBuffer(value) ||
  (levels > 0 && Object.values(value).every((one) => isWithin(one, levels - 1)))

/** Null for a value that is not the form of bytes. Baileys' own writer fails on a form without bytes. */
function bytesOf(value: unknown): Buffer | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { type, data } = value as { type?: unknown; data?: unknown }
  if (type === 'Buffer') {
    if (typeof data === 'string') return Buffer.from(data, 'base64')
    if (isBytes(data)) return Buffer.from(data)
    throw new SyntaxError('Bytes without bytes.')
  }
  const numbered = Object.entries(value)
  const isInOrder = numbered.length > 0 && numbered.every(([key], index) => key === String(index))
  const values = numbered.map(([, one]) => one as unknown)
  return isInOrder && isBytes(values) ? Buffer.from(values) : null
}

const isBytes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((one) => Number.isInteger(one) && Number(one) >= 0 && Number(one) <= 255)

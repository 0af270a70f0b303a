import { deflateRawSync, constants } from 'node:zlib'
import type { SeededRandom } from '../../../sandbox/network/seeded-random.ts'

const whole = (random: SeededRandom, least: number, most: number): number => Math.floor(random.between(least, most + 1))

const someBytes = (random: SeededRandom, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => whole(random, 0, 255)))

/** Makes one to four changes, like those of a bad disk, a cut connection or a hex editor. */
export function mutateBytes(random: SeededRandom, bytes: Uint8Array): Buffer {
  let mutated: Buffer = Buffer.from(bytes)
  for (let left = whole(random, 1, 4); left > 0; left--) mutated = random.pick(BYTE_CHANGES)(random, mutated)
  return mutated
}

type ByteChange = (random: SeededRandom, bytes: Buffer) => Buffer

const place = (random: SeededRandom, { length }: Buffer): number => whole(random, 0, Math.max(0, length - 1))

/** Draws a range of at most 64 bytes. */
function range(random: SeededRandom, bytes: Buffer): [number, number] {
  const from = place(random, bytes)
  return [from, Math.min(bytes.length, from + whole(random, 1, 64))]
}

const BYTE_CHANGES: readonly ByteChange[] = [
  (random, bytes) => {
    const at = place(random, bytes)
    if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << whole(random, 0, 7))
    return bytes
  },
  (random, bytes) => {
    if (bytes.length > 0) bytes[place(random, bytes)] = random.pick([0, 1, 0x7f, 0x80, 0xf8, 0xff, whole(random, 0, 255)])
    return bytes
  },
  (random, bytes) => bytes.subarray(0, place(random, bytes)),
  (random, bytes) => {
    const [from, to] = range(random, bytes)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
  },
  (random, bytes) => {
    const [from, to] = range(random, bytes)
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
  },
  (random, bytes) => {
    const at = place(random, bytes)
    return Buffer.concat([bytes.subarray(0, at), someBytes(random, whole(random, 1, 40)), bytes.subarray(at)])
  },
  (random, bytes) => {
    const [from, to] = range(random, bytes)
    return bytes.fill(random.pick([0, 0xff]), from, to)
  },
]

/** Makes one or two changes inside a value: another type, an odd value of the same type, or an additional or missing field. */
export function mutateValue(random: SeededRandom, value: unknown): unknown {
  let mutated = structuredClone(value)
  for (let left = whole(random, 1, 2); left > 0; left--) mutated = changed(random, mutated)
  return mutated
}

function changed(random: SeededRandom, value: unknown): unknown {
  if (isContainer(value) && random.chance(0.85)) {
    const keys = Object.keys(value)
    if (keys.length > 0) {
      const key = random.pick(keys)
      if (random.chance(0.15)) return without(value, key)
      return withField(value, key, changed(random, (value as Record<string, unknown>)[key]))
    }
  }
  if (value instanceof Uint8Array && random.chance(0.7)) return mutateBytes(random, value)
  if (typeof value === 'string' && random.chance(0.6)) return mutateText(random, value)
  if (typeof value === 'number' && random.chance(0.6)) return random.pick(ODD_NUMBERS)(value)
  if (isContainer(value) && random.chance(0.5)) return withField(value, random.pick(ODD_NAMES), odd(random))
  return odd(random)
}

export function mutateText(random: SeededRandom, text: string): string {
  const at = whole(random, 0, text.length)
  return random.pick<() => string>([
    () => '',
    () => text.slice(0, at),
    () => text.slice(0, at) + random.pick(ODD_TEXTS) + text.slice(at),
    () => text.repeat(2),
    () => random.pick(ODD_TEXTS),
    () => mutateBytes(random, Buffer.from(text)).toString('latin1'),
  ])()
}

type Container = Record<string, unknown> | unknown[]

const isContainer = (value: unknown): value is Container =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && !(value instanceof Date)

const without = (value: Container, key: string): Container =>
  Array.isArray(value)
    ? value.filter((_, index) => String(index) !== key)
    : Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))

function withField(value: Container, key: string, field: unknown): Container {
  if (Array.isArray(value)) return value.map((item, index): unknown => (String(index) === key ? field : item))
  return { ...value, [key]: field }
}

const ODD_NAMES = ['toString', 'constructor', 'v', 'length', '', 'x'.repeat(300)]

const ODD_TEXTS = [
  '\u0000',
  '\ud800',
  '\u202e',
  '/',
  '..',
  '@',
  ':',
  '@lid',
  '@g.us',
  '@s.whatsapp.net',
  '@broadcast',
  '-1',
  '1e309',
  '99999999999999999999',
  'NaN',
  '{}',
  '__proto__',
  'toString',
  'x'.repeat(70_000),
]

const ODD_NUMBERS: readonly ((value: number) => number)[] = [
  (value) => -value,
  (value) => value + 1,
  (value) => value - 1,
  (value) => value + 0.5,
  () => 0,
  () => 2 ** 31,
  () => 2 ** 53,
  () => 1e300,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
]

const odd = (random: SeededRandom): unknown =>
  random.pick<() => unknown>([
    () => null,
    () => undefined,
    () => true,
    () => [],
    () => ({}),
    () => random.pick(ODD_TEXTS),
    () => random.pick(ODD_NUMBERS)(1),
    () => someBytes(random, whole(random, 0, 40)),
    () => new Date(random.pick([0, -1, 8.64e15, Number.NaN])),
    () => nested(whole(random, 2, 5000)),
  ])()

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let left = depth; left > 0; left--) value = left % 2 === 0 ? [value] : { a: value }
  return value
}

const PIECE_BYTES = 16 * 1024 * 1024

/** Returns raw deflated zeros that inflate to at least `bytes` bytes. It repeats one deflated piece, which saves the time. */
export function deflatedZeros(bytes: number): Buffer {
  // After a full flush the stream refers to no earlier bytes, so that pieces can be concatenated.
  const piece = deflateRawSync(Buffer.alloc(PIECE_BYTES), { finishFlush: constants.Z_FULL_FLUSH })
  return Buffer.concat([...Array.from({ length: Math.ceil(bytes / PIECE_BYTES) }, () => piece), Buffer.of(3, 0)])
}

/** Adds zlib's header and a wrong checksum, which the inflater reads only after all bytes. */
export const zlibBomb = (bytes: number): Buffer => Buffer.concat([Buffer.of(0x78, 0x01), deflatedZeros(bytes), Buffer.alloc(4)])

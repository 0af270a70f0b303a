import { createHash } from 'node:crypto'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import type { SentFile } from './chat.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** The shares of sizes: most files are small. */
const SIZES = [
  { share: 0.72, least: 1, most: 60 * KIB },
  { share: 0.2, least: 60 * KIB, most: MIB },
  { share: 0.06, least: MIB, most: 5 * MIB },
  { share: 0.02, least: 5 * MIB, most: 20 * MIB },
] as const

/** Returns a number of bytes. Pure. */
export function drawSize(random: SeededRandom): number {
  let rest = random.next()
  const size = SIZES.find(({ share }) => (rest -= share) < 0) ?? SIZES[0]
  return Math.round(random.between(size.least, size.most))
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const fileOf = (bytes: Uint8Array): SentFile => ({ bytes: bytes.length, sha256: sha256Of(bytes) })

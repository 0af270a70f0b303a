import { describe, expect, test } from 'vitest'
import { removable, type Retained } from './backup-retention.ts'

const HOUR_MS = 3_600_000
const NOW = Date.UTC(2026, 10, 30, 12)

const POLICY = { keepLast: 5, keepDays: 7, timeZone: 'UTC' }
const NOTHING = { keepLast: 0, keepDays: 0, timeZone: 'UTC' }

const id = (seq: number): string => `${String(seq).padStart(20, '0')}-0000000001`

/** A good backup of some hours ago. */
const backup = (seq: number, hoursAgo: number, more: Partial<Retained> = {}): Retained => ({
  id: id(seq),
  at: new Date(NOW - hoursAgo * HOUR_MS),
  isPinned: false,
  isVerified: true,
  isDamaged: false,
  isNamed: false,
  isUnwanted: false,
  ...more,
})

/** One each three hours, for some days. The newest has the highest number. */
const eachThreeHours = (days: number): Retained[] =>
  Array.from({ length: days * 8 }, (_, index) => backup(10_000 - index, index * 3 + 2))

const left = (backups: readonly Retained[], policy = POLICY) => {
  const going = new Set(removable(backups, policy, NOW))
  return backups.filter((each) => !going.has(each.id))
}

describe('what stays', () => {
  test('the last five, and the newest of each of the last seven days', () => {
    const kept = left(eachThreeHours(20))
    expect(kept.slice(0, 5).map(({ at }) => (NOW - at.getTime()) / HOUR_MS)).toEqual([2, 5, 8, 11, 14])
    const days = kept.slice(5).map(({ at }) => at.toISOString().slice(0, 10))
    expect(days).toEqual(['2026-11-28', '2026-11-27', '2026-11-26', '2026-11-25', '2026-11-24', '2026-11-23'])
  })

  test('days begin in the zone of the tenant', () => {
    const backups = [backup(9, 2), backup(8, 3), backup(7, 10), backup(6, 12)]
    const policy = (timeZone: string) => ({ keepLast: 0, keepDays: 7, timeZone })
    // 10:00 and 9:00, 2:00 and 0:00 in UTC; in São Paulo the last two are of the day before.
    expect(left(backups, policy('UTC')).map((each) => each.id)).toEqual([id(9), id(8)])
    expect(left(backups, policy('America/Sao_Paulo')).map((each) => each.id)).toEqual([id(9), id(8), id(7)])
  })

  test.each([
    ['pinned', { isPinned: true }],
    ['named by a pointer or put aside', { isNamed: true }],
    ['pinned, although its removal was asked for', { isPinned: true, isUnwanted: true }],
    ['named, although its removal was asked for', { isNamed: true, isUnwanted: true }],
  ])('one that is %s, whatever its age', (_, more) => {
    const old = backup(1, 10_000, more)
    expect(removable([backup(9, 2), backup(8, 3), backup(7, 4), old], NOTHING, NOW)).toEqual([id(7)])
  })

  test('what two newer verified ones do not cover', () => {
    const unproven = { isVerified: false }
    const damaged = { isVerified: false, isDamaged: true }
    expect(removable([backup(9, 2), backup(8, 3)], NOTHING, NOW)).toEqual([])
    expect(removable([backup(9, 2, unproven), backup(8, 3), backup(7, 4)], NOTHING, NOW)).toEqual([])
    expect(removable([backup(9, 2, damaged), backup(8, 3), backup(7, 4), backup(6, 5)], NOTHING, NOW)).toEqual([id(6)])
    expect(removable([backup(9, 2), backup(8, 3), backup(7, 4, unproven)], NOTHING, NOW)).toEqual([id(7)])
  })

  test('what is younger than an hour, because its document may not be written yet', () => {
    expect(removable([backup(9, 0.1), backup(8, 0.2), backup(7, 0.9)], NOTHING, NOW)).toEqual([])
    expect(removable([backup(9, 0.1), backup(8, 0.2), backup(7, 1)], NOTHING, NOW)).toEqual([id(7)])
  })
})

describe('what goes', () => {
  test('one whose removal was asked for, although retention would keep it', () => {
    const backups = [backup(9, 2), backup(8, 3), backup(7, 4, { isUnwanted: true }), backup(6, 5)]
    expect(removable(backups, POLICY, NOW)).toEqual([id(7)])
  })

  test('damaged ones do not take the place of good ones', () => {
    const backups = [1, 2, 3, 4, 5, 6, 7].map((n) =>
      backup(10 - n, n * 48 + 200, n <= 3 ? { isDamaged: true, isVerified: false } : {}),
    )
    const policy = { keepLast: 3, keepDays: 7, timeZone: 'UTC' }
    expect(
      left(backups, policy)
        .filter(({ isDamaged }) => !isDamaged)
        .map((each) => each.id),
    ).toEqual([id(6), id(5), id(4)])
  })
})

test('two of the verified ones stay in any case, and what is kept covers all that went', () => {
  for (let seed = 1; seed <= 300; seed++) {
    let state = seed
    const random = (most: number): number => (state = (state * 48_271) % 2_147_483_647) % most
    const backups = Array.from({ length: 1 + random(12) }, (_, index) => {
      const isVerified = random(3) > 0
      return backup(index + 1, random(24 * 20), {
        isVerified,
        isDamaged: !isVerified && random(2) === 0,
        isPinned: random(6) === 0,
        isNamed: random(6) === 0,
        isUnwanted: random(4) === 0,
      })
    })
    const policy = { keepLast: random(4), keepDays: random(8), timeZone: 'UTC' }
    const kept = left(backups, policy)
    for (const gone of backups.filter((each) => !kept.includes(each))) {
      expect([gone.isPinned, gone.isNamed, NOW - gone.at.getTime() >= HOUR_MS]).toEqual([false, false, true])
      expect(kept.filter((each) => each.isVerified && each.id > gone.id).length).toBeGreaterThanOrEqual(2)
    }
  }
})

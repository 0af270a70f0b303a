import { expect, test } from 'vitest'
import { isCheckDue } from './due-checks.ts'

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2026, 10, 1, 3, 17)
const SESSIONS = Array.from({ length: 500 }, (_, index) => `default.shop-${index}`)
const dueOn = (day: number): string[] => SESSIONS.filter((sessionId) => isCheckDue(sessionId, START_MS + day * DAY_MS))

test('each session is checked within each four weeks', () => {
  for (const from of [0, 13, 28]) {
    const checked = new Set(Array.from({ length: 28 }, (_, day) => dueOn(from + day)).flat())
    expect(checked.size).toBe(SESSIONS.length)
  }
})

test('each day has about the same number of checks, with one in a hundred at random', () => {
  for (let day = 0; day < 28; day++) {
    expect(dueOn(day).length).toBeGreaterThan(8)
    expect(dueOn(day).length).toBeLessThan(45)
  }
  // A session is checked oftener than once in four weeks: by its day, and by chance.
  const checks = Array.from({ length: 84 }, (_, day) => dueOn(day).length).reduce((sum, each) => sum + each, 0)
  expect(checks / 84 / SESSIONS.length).toBeGreaterThan(1 / 28 + 0.006)
  expect(checks / 84 / SESSIONS.length).toBeLessThan(1 / 28 + 0.014)
})

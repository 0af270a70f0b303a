import { expect, test } from 'vitest'
import { checkDayOf, isCheckDue } from './due-checks.ts'

const START = checkDayOf(Date.UTC(2026, 10, 1, 3, 17))
const SESSIONS = Array.from({ length: 500 }, (_, index) => `default.shop-${index}`)
const dueOn = (day: number): string[] => SESSIONS.filter((sessionId) => isCheckDue(sessionId, START + day))

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

test('a night makes up for those before it that did not run, and has everything after a month of them', () => {
  const madeUp = (today: number, lastDay: number) =>
    SESSIONS.filter((sessionId) => isCheckDue(sessionId, START + today, START + lastDay))
  // By their turn, and not at random.
  const turnOf = (day: number) => dueOn(day).filter((sessionId) => dueOn(day + 28).includes(sessionId))
  expect(madeUp(13, 10)).toEqual(expect.arrayContaining([11, 12, 13].flatMap(turnOf)))
  expect(madeUp(13, 12)).toEqual(dueOn(13))
  expect(madeUp(40, 0)).toHaveLength(SESSIONS.length)
  // A clock that went back takes no turn away.
  expect(madeUp(13, 20)).toEqual(dueOn(13))
})

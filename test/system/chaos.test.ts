import { expect, test } from 'vitest'
import { flawlessChaos } from '../support/flawless-chaos.ts'

test(
  'two sessions lose nothing over three kills of their runner while messages flow both ways',
  { timeout: 240_000 },
  async () => {
    const result = await flawlessChaos('--kills', '3')
    expect(result).toMatchObject({ kills: 3 })
    expect(result['inFlightKills']).toBeGreaterThanOrEqual(1)
    expect(Math.min(result['sent'] ?? 0, result['received'] ?? 0)).toBeGreaterThanOrEqual(30)
  },
)

test(
  'each message of the queue comes to one end while runners, functions and Google’s services die or are away at random',
  { timeout: 240_000 },
  async () => {
    const result = await flawlessChaos('--what', 'mixed', '--with', 'queue', '--runners', '2', '--kills', '3')
    expect(result).toMatchObject({ answers: { wrong: 0 }, queueEnds: { canceled: expect.any(Number) } })
  },
)

test(
  'six sessions of three runners have one owner at a time while these sleep, die, and lose Firestore and WhatsApp',
  { timeout: 240_000 },
  async () => {
    const strikes = 'zombie,without-both,kill'
    const result = await flawlessChaos('--runners', '3', '--sessions', '6', '--strikes', strikes, '--kills', '3')
    expect(result).toMatchObject({ doubleOwned: 0, reordered: 0, answers: { wrong: 0, unanswered: 0 } })
  },
)

import { expect, test } from 'vitest'
import { flawlessChaos } from '../support/flawless-chaos.ts'

test(
  'each message of the queue comes to one end while runners, functions and Google’s services die or are away at random',
  { timeout: 240_000 },
  async () => {
    const result = await flawlessChaos('--what', 'mixed', '--with', 'queue', '--runners', '2', '--kills', '3')
    expect(result).toMatchObject({ answers: { wrong: 0 }, queueEnds: { canceled: expect.any(Number) } })
    // Fewer would mean that nothing flowed.
    expect(Math.min(result['sent'] ?? 0, result['received'] ?? 0)).toBeGreaterThanOrEqual(15)
  },
)

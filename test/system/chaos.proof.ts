import { expect, test } from 'vitest'
import { flawlessChaos } from '../support/flawless-chaos.ts'

test(
  'an owner that slept through a takeover, its checkpoints and its trimming can neither log in nor write',
  { timeout: 240_000 },
  async () => {
    expect(await flawlessChaos('--what', 'pause', '--pauses', '1')).toMatchObject({ pauses: 1, loginsAfterWake: 0 })
  },
)

test(
  'sessions survive two deaths of all runners, functions and Cloud Storage at once, with a bad network and growing backlogs',
  { timeout: 240_000 },
  async () => {
    const result = await flawlessChaos('--what', 'everything', '--kills', '2', '--with', 'faults,backlogs')
    expect(result).toMatchObject({ kills: 2, answers: { wrong: 0 } })
  },
)

test(
  'sessions lose nothing while Firestore is refused, frozen, slow and cut off, and the API names the time for a retry',
  { timeout: 240_000 },
  async () => {
    const result = await flawlessChaos(
      '--what',
      'outage',
      '--store',
      'firestore',
      '--how',
      'refuse,freeze,slow,cut',
      '--seconds',
      '4',
    )
    expect(result).toMatchObject({ outages: 4, answers: { wrong: 0, unanswered: 0 }, health: { unanswered: 0 } })
  },
)

test(
  'two sessions lose nothing over eight kills of their runner while messages flow both ways',
  { timeout: 240_000 },
  async () => {
    const result = await flawlessChaos('--kills', '8')
    expect(result['inFlightKills']).toBeGreaterThanOrEqual(4)
    expect(Math.min(result['sent'] ?? 0, result['received'] ?? 0)).toBeGreaterThanOrEqual(80)
  },
)

test(
  'six sessions of three runners have one owner at a time while these sleep, die, leave, and lose Firestore or WhatsApp',
  { timeout: 240_000 },
  async () => {
    const strikes = 'zombie,without-firestore,without-both,kill,scale-down'
    const result = await flawlessChaos('--runners', '3', '--sessions', '6', '--strikes', strikes, '--kills', '5')
    expect(result).toMatchObject({ doubleOwned: 0, reordered: 0, answers: { wrong: 0, unanswered: 0 } })
  },
)

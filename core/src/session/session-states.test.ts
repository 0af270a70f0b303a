import { describe, expect, it } from 'vitest'
import { REASONS, SESSION_STATES, apiStatusOf, isHalted, isStateTrouble, temporaryBanTexts } from './session-states.ts'

const texts = Object.entries(REASONS).map(([code, { sentence, userAction }]) => [code, sentence, userAction] as const)

describe('each reason', () => {
  it.each(texts)('%s has a sentence: %s', (code, sentence, userAction) => {
    for (const text of [sentence, ...(userAction === null ? [] : [userAction])]) expect(text).toMatch(/^[A-Z].*[^.]\.$/s)
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    // Each sentence belongs to one reason, so that reasons do not read alike.
    expect(texts.filter(([, other]) => other === sentence)).toHaveLength(1)
  })

  it('of a damaged state has an instruction', () => {
    const damaged = texts.filter(([code]) => isStateTrouble(code))
    expect(damaged.length).toBeGreaterThan(5)
    for (const [code, , userAction] of damaged) expect(userAction, code).not.toBeNull()
  })
})

/** The reasons of sessions that need no person: they go on by themselves, or do what was requested. */
const BY_ITSELF = [
  'requested',
  'awaiting-runner',
  'claimed',
  'restoring',
  'restoring-from-backup',
  'opening-socket',
  'qr-expired',
  'pairing-void',
  'logged-in',
  'restart-required',
  'connection-lost',
  'outage-network',
  'outage-whatsapp',
  'whatsapp-trouble',
  'bad-session',
  'owner-silent',
  'owner-lost',
  'not-vouched-for',
  'runner-leaving',
  'moving',
  'firestore-away',
  'state-unreachable',
  'awaiting-trial',
]

describe('a failed session', () => {
  it.each(texts.filter(([code]) => !BY_ITSELF.includes(code)))('with the reason %s has an instruction', (_, __, userAction) => {
    expect(userAction).not.toBeNull()
  })

  it('waits for an operator, except after a replacement', () => {
    const failed = SESSION_STATES.filter((state) => apiStatusOf(state) === 'FAILED')
    expect(failed.filter((state) => !isHalted(state))).toEqual(['REPLACED'])
    expect(SESSION_STATES.filter(isHalted)).toEqual(failed.filter((state) => state !== 'REPLACED'))
  })
})

describe('a temporary ban', () => {
  it('names its end twice, in UTC, and not a minute too early', () => {
    const { sentence, userAction } = temporaryBanTexts(new Date('2026-11-22T14:04:00.001Z'))
    expect(sentence).toBe('WhatsApp has banned this account until 2026-11-22 14:05 UTC; the credentials are kept.')
    expect(userAction).toContain('after 2026-11-22 14:05 UTC')
  })

  it('without a known end says so', () => {
    expect(temporaryBanTexts(null)).toEqual(REASONS['temporarily-banned'])
  })
})

import { describe, expect, it } from 'vitest'
import {
  DEFAULT_LADDER_LIMITS as LIMITS,
  LADDER,
  type LadderFacts,
  LOSS_CAUSES,
  RECOVERY_STEPS,
  type OwnStep,
  isOwnStep,
  nextStep,
} from './recovery-ladder.ts'

const MINUTE_MS = 60_000
const NOW = Date.UTC(2026, 10, 29, 12)

const lost: LadderFacts = {
  cause: 'network',
  evidence: 'strong',
  isHalted: false,
  nowMs: NOW,
  lostForMs: 60 * MINUTE_MS,
  silenceMs: 15 * MINUTE_MS,
  taken: [{ step: 'reconnect', atMs: NOW - 60 * MINUTE_MS }],
  earlier: [],
  ofRunner: [],
  isOutage: false,
  hasRoomElsewhere: true,
  isRunnerSick: false,
  isAutomatic: true,
  request: null,
}

const decide = (facts: Partial<LadderFacts> = {}): string => {
  const decision = nextStep({ ...lost, ...facts })
  return decision.do === 'wait' ? `wait: ${decision.why}` : `${decision.do} ${decision.step}: ${decision.why}`
}

const before = (step: OwnStep, minutes: number) => ({ step, atMs: NOW - minutes * MINUTE_MS })

/** The decisions of an hour and more, when no step helps. */
function climb(facts: Partial<LadderFacts>): string[] {
  const taken = [...(facts.taken ?? lost.taken)]
  const steps: string[] = []
  for (let minute = 0; minute < 120; minute++) {
    const nowMs = NOW + minute * MINUTE_MS
    const decision = nextStep({ ...lost, ...facts, nowMs, taken })
    if (decision.do !== 'take') continue
    taken.push({ step: decision.step, atMs: nowMs })
    steps.push(`${decision.step} ${minute}`)
  }
  return steps
}

describe('the ladder', () => {
  it.each([
    ['network', ['rebuild 0', 'move 5']],
    ['whatsapp', ['rebuild 0', 'reload 5', 'move 10']],
    ['bad-session', ['reload 0', 'move 5']],
    ['owner-lost', ['rebuild 0', 'reload 5', 'move 10']],
    ['replaced', []],
    ['client-outdated', []],
  ] as const)('after a loss to %s takes each step once and gives each its time', (cause, steps) => {
    expect(climb({ cause })).toEqual(steps)
  })

  it('takes no step beyond the reconnects before the silence that the tenant allows', () => {
    expect(decide({ lostForMs: 14 * MINUTE_MS })).toBe('wait: reconnects')
    expect(nextStep({ ...lost, lostForMs: 14 * MINUTE_MS })).toMatchObject({ untilMs: NOW + MINUTE_MS })
    expect(decide({ lostForMs: 14 * MINUTE_MS, silenceMs: 10 * MINUTE_MS })).toBe('take rebuild: next-step')
  })

  it('passes over a move when no other runner has room', () => {
    expect(climb({ hasRoomElsewhere: false })).toEqual(['rebuild 0'])
  })

  it('proposes a restart of the runner only when most of its sessions show the same', () => {
    const taken = [...lost.taken, before('rebuild', 20), before('move', 10)]
    expect(decide({ taken })).toBe('wait: ladder-ended')
    expect(decide({ taken, isRunnerSick: true })).toBe('propose restart-runner: runner-is-sick')
  })

  it('does nothing for a session that works', () => {
    expect(decide({ cause: null })).toBe('wait: works')
  })
})

describe('an outage', () => {
  it('lets no step be taken or proposed, whatever was lost', () => {
    const all = { isOutage: true, isRunnerSick: true, taken: [] }
    for (const cause of LOSS_CAUSES.filter((one) => LADDER[one].some(isOwnStep))) {
      expect(decide({ ...all, cause })).toBe('wait: outage')
      expect(decide({ ...all, cause, request: { step: null, by: 'person' } })).toBe('wait: outage')
    }
    for (const step of ['rebuild', 'reload', 'move'] as const) {
      expect(decide({ ...all, request: { step, by: 'person' } })).toBe(`veto ${step}: outage`)
    }
    expect(decide({ ...all, request: { step: 'reconnect', by: 'person' } })).toBe('take reconnect: asked')
  })
})

describe('a deaf session', () => {
  const deaf = { cause: 'deaf', taken: [], lostForMs: MINUTE_MS } as const

  it('is reconnected at once on evidence, and climbs when that does not help', () => {
    expect(decide(deaf)).toBe('take reconnect: strong-evidence')
    expect(climb({ ...deaf, lostForMs: 20 * MINUTE_MS })).toEqual(['reconnect 0', 'rebuild 5', 'reload 10', 'move 15'])
  })

  it('is reconnected at most once in six hours on hints, which lead to no other step', () => {
    const hints = { ...deaf, evidence: 'weak' } as const
    expect(decide(hints)).toBe('take reconnect: hints-only')
    expect(decide({ ...hints, earlier: [before('reconnect', 359)] })).toBe('wait: weak-evidence')
    expect(decide({ ...hints, earlier: [before('reconnect', 361)] })).toBe('take reconnect: hints-only')
    expect(decide({ ...hints, taken: [before('reconnect', 100)], lostForMs: 100 * MINUTE_MS })).toBe('wait: weak-evidence')
  })
})

describe('what only a person decides', () => {
  it.each([
    ['logged-out', 'propose new-qr: waits-for-person'],
    ['pairing', 'propose new-qr: waits-for-person'],
    ['unreadable', 'propose restore: needs-approval'],
    ['banned', 'wait: waits-for-person'],
    ['refused', 'wait: waits-for-person'],
  ] as const)('%s leads to no step of the owner', (cause, decision) => {
    expect(decide({ cause, isHalted: true })).toBe(decision)
    expect(decide({ cause })).toBe(decision)
  })

  it('is never replaced by a step, asked for or not', () => {
    expect(decide({ cause: 'whatsapp', isHalted: true })).toBe('wait: waits-for-person')
    expect(decide({ isHalted: true, request: { step: 'move', by: 'person' } })).toBe('veto move: waits-for-person')
    expect(decide({ request: { step: 'restore', by: 'person' } })).toBe('veto restore: needs-approval')
    expect(decide({ request: { step: 'new-qr', by: 'person' } })).toBe('veto new-qr: waits-for-person')
  })

  it('is never taken by the ladder: restore and a new QR code are proposals at most', () => {
    for (const cause of LOSS_CAUSES) {
      for (const step of [null, ...RECOVERY_STEPS]) {
        for (const isHalted of [true, false]) {
          const decision = nextStep({ ...lost, cause, isHalted, isRunnerSick: true, request: { step, by: 'person' } })
          if (decision.do === 'take') expect(isOwnStep(decision.step)).toBe(true)
        }
      }
    }
  })
})

describe('a request', () => {
  it('of a person does not wait for the time of the tenant or of the last step', () => {
    const early = { lostForMs: 0, taken: [before('reconnect', 0)] }
    expect(decide({ ...early, request: { step: null, by: 'person' } })).toBe('take rebuild: asked')
    expect(decide({ ...early, request: { step: 'reload', by: 'person' } })).toBe('take reload: asked')
    expect(decide({ ...early, cause: null, request: { step: 'reconnect', by: 'person' } })).toBe('take reconnect: asked')
  })

  it('of a program keeps the budgets, and leaves a working session alone', () => {
    const ask = { request: { step: 'reload', by: 'program' } } as const
    expect(decide(ask)).toBe('take reload: asked')
    expect(decide({ ...ask, cause: null })).toBe('veto reload: works')
    expect(decide({ ...ask, earlier: Array.from({ length: 6 }, () => before('reload', 100)) })).toBe(
      'veto reload: session-budget',
    )
    expect(decide({ ...ask, ofRunner: Array.from({ length: 10 }, () => before('move', 1)) })).toBe('veto reload: runner-budget')
  })

  it('for a move needs a runner that can take the session', () => {
    expect(decide({ hasRoomElsewhere: false, request: { step: 'move', by: 'person' } })).toBe('veto move: no-other-runner')
  })
})

describe('a budget', () => {
  it('of the runner delays the step until there is room for it', () => {
    const ofRunner = Array.from({ length: LIMITS.ofRunner.steps }, (_, index) => before('rebuild', 9 - index / 2))
    expect(nextStep({ ...lost, ofRunner })).toEqual({ do: 'wait', untilMs: NOW + MINUTE_MS, why: 'runner-budget' })
    expect(decide({ ofRunner: ofRunner.slice(1) })).toBe('take rebuild: next-step')
  })

  it('of the session leads past a step that it had too often within a day', () => {
    const earlier = Array.from({ length: LIMITS.perDay.rebuild }, () => before('rebuild', 100))
    expect(decide({ earlier })).toBe('take move: next-step')
    expect(decide({ earlier: earlier.map(({ step }) => before(step, 25 * 60)) })).toBe('take rebuild: next-step')
  })
})

it('only tells what it would do when it is not to act by itself', () => {
  expect(decide({ isAutomatic: false })).toBe('propose rebuild: told-only')
  expect(decide({ isAutomatic: false, cause: 'deaf', taken: [] })).toBe('propose reconnect: told-only')
  expect(decide({ isAutomatic: false, request: { step: 'rebuild', by: 'person' } })).toBe('take rebuild: asked')
})

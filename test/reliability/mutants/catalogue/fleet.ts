import type { Mutant } from '../mutant.ts'

/** Mutants of what keeps the fleet at work: slots, rebalancing, size. */
export const FLEET: readonly Mutant[] = [
  {
    name: 'slot-taken-from-a-paused-runner',
    invariant: 'beside',
    what: 'a runner that starts waits for nobody, so that the end of a process that died a moment ago counts nowhere',
    edits: [{ in: 'chooseSlot', when: 'inOrder.some', becomes: 'false' }],
    noticedBy: { file: 'runner/src/process/slots.test.ts', tests: 'that may have died a moment ago' },
  },
  {
    name: 'slot-not-inherited',
    invariant: 'beside',
    what: 'a process takes the slot of a dead one and does not count its end, so that no crash loop is ever seen on Cloud Run',
    edits: [{ in: 'chooseSlot', find: 'inherits: left.holder?.document ?? null', replace: 'inherits: null' }],
    noticedBy: { file: 'runner/src/process/slots.test.ts', tests: 'that comes after one that died' },
  },
  {
    name: 'moves-without-a-pace',
    invariant: 'beside',
    what: 'runners move sessions as fast as they can, and WhatsApp sees a storm of logins',
    edits: [{ in: 'Rebalancer.#takeTurn', when: 'last.silentForMs', becomes: 'false' }],
    noticedBy: { file: 'test/integration/engine/rebalancing.test.ts', tests: 'one each second' },
  },
  {
    name: 'moves-in-an-outage',
    invariant: 'beside',
    what: 'sessions leave their runner although WhatsApp or Google is away, and do not come back',
    edits: [{ in: 'nextMove', when: 'seesOutage', becomes: 'false' }],
    noticedBy: { file: 'core/src/operations/rebalancing.test.ts', tests: 'while a runner sees an outage' },
  },
  {
    name: 'quarantine-without-an-end',
    invariant: 'beside',
    what: 'a quarantined session stays closed until somebody acts',
    edits: [{ in: 'Quarantine.isTrialDue', when: 'nextTrialMs', becomes: 'false' }],
    noticedBy: { file: 'test/integration/engine/quarantine.test.ts', tests: 'is tried again by itself' },
  },
  {
    name: 'trials-without-growing-pauses',
    invariant: 'beside',
    what: 'a session that crashes its runner is tried again and again after the same short pause',
    edits: [{ in: 'atClaim.pauseMs', value: 'pausesMs[0] ?? 0' }],
    noticedBy: { file: 'runner/src/session/quarantine/crash-record.test.ts', tests: 'after pauses that grow' },
  },
  {
    name: 'runners-taken-away-at-once',
    invariant: 'beside',
    what: 'the fleet shrinks as soon as fewer runners would do, and grows again a minute later: each time sessions move',
    edits: [{ in: 'sizeOf', when: 'lowerForMs < calmMs', becomes: 'false' }],
    noticedBy: { file: 'functions/src/use-cases/fleet/sizing.test.ts', tests: 'is too high for a moment' },
  },
  {
    name: 'runners-taken-away-in-trouble',
    invariant: 'beside',
    what: 'a runner is taken away while another one is lost or a roll-out is under way',
    edits: [{ in: 'sizeOf', when: 'isAtRest', becomes: 'false' }],
    noticedBy: { file: 'functions/src/use-cases/fleet/sizing.test.ts', tests: 'while a runner is lost' },
  },
  {
    name: 'claims-one-after-the-other',
    invariant: 'beside',
    what: 'a claim that hangs keeps all other sessions without an owner',
    edits: [{ in: 'Supervisor.#takeOver', find: 'void claim.finally(', replace: 'await claim.finally(' }],
    noticedBy: { file: 'test/integration/engine/hanging-session.test.ts', tests: 'in its claim' },
  },
]

import type { Mutant } from '../mutant.ts'

const RESOURCES_TEST = 'infra/resources/resources.test.ts'
const APPLY_TEST = 'infra/verbs/apply.test.ts'
const DESTROY_TEST = 'infra/verbs/destroy.test.ts'

/** Mutants of the promises about the deployment. */
export const DEPLOYMENT: readonly Mutant[] = [
  {
    name: 'second-key',
    invariant: 'beside',
    what: 'a deployment gives a secret another value: no session could be opened any more',
    edits: [{ in: 'versionsIn', when: 'versions.length', becomes: 'false' }],
    noticedBy: { file: RESOURCES_TEST, tests: 'a secret gets its first value once' },
  },
  {
    name: 'database-moved',
    invariant: 'beside',
    what: 'a deployment tries to change what Google never changes',
    edits: [{ in: 'changeOf', find: 'refused.length > 0 || !resource.update', replace: '!resource.update' }],
    noticedBy: { file: RESOURCES_TEST, tests: 'in another region is refused' },
  },
  {
    name: 'roll-out-never-goes-back',
    invariant: 'beside',
    what: 'a new revision whose runners die, or whose sessions have no owner, gets more and more instances',
    edits: [{ in: 'gate', when: 'bad.length', becomes: 'false' }],
    noticedBy: { file: 'infra/verbs/roll-gate.test.ts', tests: 'when runners end by themselves' },
  },
  {
    name: 'large-fleet-at-once',
    invariant: 'beside',
    what: 'a new revision takes all instances of a large fleet before anybody has watched it',
    edits: [{ in: 'splitsBeforeChange', when: 'IN_STEPS_FROM', becomes: 'true' }],
    noticedBy: { file: 'infra/resources/pool-splits.test.ts', tests: 'a large fleet is held at the revision that works' },
  },
  {
    name: 'fleet-reset',
    invariant: 'beside',
    what: 'a deployment sets the number of runners back',
    edits: [{ in: 'countOf', find: 'COUNT', replace: "'nothing'" }],
    noticedBy: { file: 'infra/resources/runner-platform.test.ts', tests: 'keep their number' },
  },
  {
    name: 'two-fleets',
    invariant: 'beside',
    what: 'a worker pool stays beside the service that replaced it',
    edits: [{ in: 'changeOf', find: "kind: 'remove'", replace: "kind: 'refused'" }],
    noticedBy: { file: 'infra/resources/runner-platform.test.ts', tests: 'another platform' },
  },
  {
    name: 'half-a-function',
    invariant: 'beside',
    what: 'functions whose deployment was interrupted stay without their queue',
    edits: [{ in: 'isBeside', value: '() => false' }],
    noticedBy: { file: RESOURCES_TEST, tests: 'are deployed anew' },
  },
  {
    name: 'stages-ignored',
    invariant: 'beside',
    what: 'a later stage begins although an earlier one has failed',
    edits: [{ in: 'apply', when: 'failed > 0', becomes: 'false' }],
    noticedBy: { file: APPLY_TEST, tests: 'no later stage begins' },
  },
  {
    name: 'destroyed-unasked',
    invariant: 'beside',
    what: 'a deployment is removed whatever was typed',
    edits: [{ in: 'isNamed', value: 'async () => true' }],
    noticedBy: { file: DESTROY_TEST, tests: 'unless the name of the project is typed' },
  },
  {
    name: 'data-destroyed',
    invariant: 'beside',
    what: 'the database goes with the deployment',
    edits: [{ in: 'destroy', find: '(withData || !resource.holdsData)', replace: 'true' }],
    noticedBy: { file: DESTROY_TEST, tests: 'what holds data stays' },
  },
  {
    name: 'token-shown',
    invariant: 'beside',
    what: "the operator's access token is sent to a host that is not Google's",
    edits: [{ in: 'isGoogles', value: '() => true' }],
    noticedBy: { file: 'infra/google/rest.test.ts', tests: 'shown to nobody but Google' },
  },
  {
    name: 'pulse-without-work',
    invariant: 'beside',
    what: 'the log says that a runner is at work that only waits',
    edits: [{ in: 'Heartbeat.#write', find: 'if (this.#workIsKnown) this.#pulse', replace: 'this.#pulse' }],
    noticedBy: { file: 'runner/src/supervisor/heartbeat.test.ts', tests: 'that waits before it works' },
  },
]

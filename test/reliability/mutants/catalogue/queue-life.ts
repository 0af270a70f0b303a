import type { Mutant } from '../mutant.ts'

const BUGS_TEST = 'test/integration/engine/queue-bugs.test.ts'
const MODEL_TEST = 'test/reliability/queue-model/queue-model.test.ts'

/** Mutants of the life of a job between owner, tasks and callers. */
export const QUEUE_LIFE: readonly Mutant[] = [
  {
    name: 'refusal-of-an-earlier-copy',
    invariant: 'I8',
    what: 'a message fails by the refusal of its first copy, and its second copy leaves afterwards',
    edits: [{ in: 'Outcomes.answered', when: 'job.leaving', becomes: 'false' }],
    noticedBy: { file: BUGS_TEST, tests: 'the refusal of a first copy fails no message' },
  },
  {
    name: 'late-ack-ignored',
    invariant: 'I8',
    what: 'a message goes out again although WhatsApp has acknowledged an earlier copy, because a later one was refused',
    edits: [{ in: 'Outcomes.answeredLate', value: '{}' }],
    noticedBy: { file: BUGS_TEST, tests: 'the ack of a first copy that comes after the refusal' },
  },
  {
    name: 'chat-behind-a-damaged-job',
    invariant: 'beside',
    what: 'a chat waits for ever behind a message whose document cannot be read any more',
    edits: [{ in: 'KnownJobs.refresh', when: 'isDamage(error)', becomes: 'false' }],
    noticedBy: { file: BUGS_TEST, tests: 'goes on when the message before was canceled and is damaged' },
  },
  {
    name: 'ladder-begins-anew',
    invariant: 'beside',
    what: 'an owner forgets how often a message was refused when it reads it again',
    edits: [{ in: 'refusalsOf', value: '{ return 0 }' }],
    noticedBy: { file: MODEL_TEST, tests: 'does not differ from its model' },
  },
  {
    name: 'due-before-its-time',
    invariant: 'beside',
    what: 'a task that comes early, or for another time, makes its message due',
    edits: [{ in: 'decide', when: 'earlyMs > 0', becomes: 'false' }],
    noticedBy: { file: MODEL_TEST, tests: 'does not differ from its model' },
  },
]

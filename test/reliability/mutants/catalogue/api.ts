import type { Mutant } from '../mutant.ts'

const REQUESTS_TEST = 'test/integration/api/waha-requests.test.ts'
const PAIRING_TEST = 'runner/src/whatsapp/baileys/questions/pairing.test.ts'

/** Mutants of what the API takes from programs that were made for WAHA, and of pairing codes. */
export const API: readonly Mutant[] = [
  {
    name: 'body-without-an-end',
    invariant: 'beside',
    what: 'a body in chunks is read into memory to its end before it is refused as too large',
    edits: [{ in: 'body-limit.ts:read', when: 'length > maxBytes', becomes: 'false' }],
    noticedBy: { file: REQUESTS_TEST, tests: 'a body in chunks is read no further' },
  },
  {
    name: 'no-slash-at-the-end',
    invariant: 'beside',
    what: 'a path with a slash at its end leads nowhere',
    edits: [{ in: 'createApp.app', find: 'strict: false', replace: 'strict: true' }],
    noticedBy: { file: REQUESTS_TEST, tests: 'a path may have a slash' },
  },
  {
    name: 'ignored-in-silence',
    invariant: 'beside',
    what: 'the answer does not name the fields that were ignored',
    edits: [{ in: 'register', when: 'ignored.length', becomes: 'false' }],
    noticedBy: { file: REQUESTS_TEST, tests: 'what is ignored is named' },
  },
  {
    name: 'files-of-all-sessions',
    invariant: 'beside',
    what: 'a key for one session gets the files that another session sends',
    edits: [{ in: 'sentFile', when: 'knowsSession', becomes: 'false' }],
    noticedBy: { file: REQUESTS_TEST, tests: 'is not there for a key of another session' },
  },
  {
    name: 'code-before-the-answer',
    invariant: 'beside',
    what: 'a pairing code is given out although WhatsApp refuses it',
    edits: [
      { in: 'pairingQuestions', find: 'await ask(asking, within(asking.clock, TAKEN_WITHIN_MS, taken.answer))', replace: '' },
    ],
    noticedBy: { file: PAIRING_TEST, tests: 'a code' },
  },
  {
    name: 'code-over-a-linked-device',
    invariant: 'beside',
    what: 'a request for a code overwrites the identity of a device that was linked a moment ago',
    edits: [{ in: 'pairingQuestions', when: 'creds.account', becomes: 'false' }],
    noticedBy: { file: PAIRING_TEST, tests: 'no code is asked for a device that a phone has just linked' },
  },
]

import type { Mutant } from '../mutant.ts'

const OUTBOX = 'runner/src/session/outbox/outbox.ts'
const OUTBOX_TEST = 'test/integration/engine/outbox.test.ts'
const SIGNAL_TEST = 'runner/src/whatsapp/baileys/signal/signal-repository.test.ts'

/** What becomes of messages. */
export const MESSAGES: readonly Mutant[] = [
  {
    name: 'plaintext-outside-the-record',
    invariant: 'I2',
    what: 'the ratchet step and the plaintext are two mutations, and may be two records',
    edits: [
      {
        file: 'runner/src/whatsapp/baileys/receive/receiving.ts',
        find: `    keyStore.join(
      { ...told.keys, ...keys, ...resolved.keys, ...this.#uncounted(hash) },
      resolved.writes.length === 0 ? entry : { ...entry, writes },
      onApplied,
    )`,
        replace: `    const all = { ...told.keys, ...keys, ...resolved.keys, ...this.#uncounted(hash) }
    setImmediate(() => {
      this.#options.state.change({ keys: all }, resolved.writes.length === 0 ? entry : { ...entry, writes })
      onApplied()
    })`,
      },
    ],
    noticedBy: { file: SIGNAL_TEST, tests: 'a received message is in one mutation with the ratchet step' },
  },
  {
    name: 'ratchet-used-twice',
    invariant: 'I2',
    what: 'a stanza that comes again is decrypted again, which the ratchet cannot do',
    edits: [
      {
        file: 'runner/src/whatsapp/baileys/receive/receiving.ts',
        find: 'const known = inbox.lookup(hash)',
        replace: 'const known = null',
      },
    ],
    noticedBy: { file: SIGNAL_TEST, tests: 'a received message that comes again is answered from its row' },
  },
  {
    name: 'wire-before-ratchet',
    invariant: 'I3',
    what: 'a message is encrypted inside the transaction of its sender, which ends after its frame',
    edits: [
      {
        file: 'runner/src/whatsapp/baileys/signal/signal-repository.ts',
        find: 'return alone(() => inner.encryptMessage(request))',
        replace: 'return inner.encryptMessage(request)',
      },
    ],
    noticedBy: { file: SIGNAL_TEST, tests: 'the ratchet step of a message to send is journaled before' },
  },
  {
    name: 'retry-with-a-new-id',
    invariant: 'I8',
    what: 'a message that goes out again has another id',
    edits: [
      {
        file: OUTBOX,
        find: 'await connection.relay(chat, job.message, messageId)',
        replace: 'await connection.relay(chat, job.message, attempt === 1 ? messageId : `${messageId}-${attempt}`)',
      },
    ],
    noticedBy: { file: OUTBOX_TEST, tests: 'goes out once more, byte for byte' },
  },
  {
    name: 'composed-anew',
    invariant: 'I8',
    what: 'a message that may have been on the wire is made anew, and is another message',
    edits: [{ file: OUTBOX, find: 'if (!job.message) {', replace: 'if (attempt > 0) {' }],
    noticedBy: { file: OUTBOX_TEST, tests: 'what may have been on the wire goes out again as it was' },
  },
  {
    name: 'sent-before-the-ack',
    invariant: 'I8',
    what: 'a message counts as sent once it was written to the socket',
    edits: [
      {
        file: OUTBOX,
        find: 'await connection.relay(chat, job.message, messageId)',
        replace: 'await connection.relay(chat, job.message, messageId)\n      this.acknowledged(messageId, null)',
      },
    ],
    noticedBy: { file: OUTBOX_TEST, tests: 'what may have been on the wire goes out again as it was' },
  },
  {
    name: 'settled-job-again',
    invariant: 'I8',
    what: 'a job that was settled is taken up again when Firestore tells of it as it was before',
    edits: [
      {
        file: OUTBOX,
        find: 'const isSettled = document.queuedAt.getTime() <= (this.#settled.get(document.messageId) ?? 0)',
        replace: 'const isSettled = false',
      },
    ],
    noticedBy: {
      file: OUTBOX_TEST,
      tests: 'a job of which Firestore tells once more, as it was before it was taken after it failed',
    },
  },
  {
    name: 'unsaid-counts-as-written',
    invariant: 'beside',
    what: 'a message whose document could not be made counts as stored',
    edits: [
      {
        file: 'runner/src/session/journal/journal.ts',
        find: 'if (unsaid.has(entry)) entry.onRefused?.()',
        replace: 'if (false) void unsaid',
      },
    ],
    noticedBy: { file: 'test/integration/engine/journal.test.ts', tests: 'never counts as written what could not even be said' },
  },
  {
    name: 'any-time-believed',
    invariant: 'beside',
    what: 'a message that was sent at a time that never was has no document',
    edits: [
      {
        file: 'runner/src/session/inbox/message-documents.ts',
        find: 'const sentAt = storableDate(sentAtMs)',
        replace: 'const sentAt = new Date(sentAtMs)',
      },
    ],
    noticedBy: { file: 'test/integration/engine/inbox.test.ts', tests: 'that was sent at no time that there is' },
  },
  {
    name: 'job-in-no-state',
    invariant: 'I8',
    what: 'a message that failed is forgotten without a word in its document',
    edits: [
      {
        file: 'runner/src/session/outbox/job-progress.ts',
        find: `this.#write(job, { status: 'failed', failedAt, nextAttemptAt: null, lastError: error, timeline })`,
        replace: 'void timeline',
      },
    ],
    noticedBy: { file: OUTBOX_TEST, tests: 'after it failed, stays failed' },
  },
]

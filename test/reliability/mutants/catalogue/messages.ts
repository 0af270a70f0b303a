import type { Mutant } from '../mutant.ts'

const OUTBOX_TEST = 'test/integration/engine/outbox.test.ts'
const QUEUE_TEST = 'test/integration/engine/outbox-queue.test.ts'
const GROUP_TEST = 'runner/src/whatsapp/baileys/send/group-recipients.test.ts'
const SIGNAL_TEST = 'runner/src/whatsapp/baileys/signal/signal-repository.test.ts'

const PROJECTOR_TEST = 'runner/src/session/events/projector.test.ts'
const READER_TEST = 'runner/src/whatsapp/baileys/receive/message-reader.test.ts'
const INBOX_TEST = 'test/integration/engine/inbox.test.ts'

/** Mutants of sent and received messages. */
export const MESSAGES: readonly Mutant[] = [
  {
    name: 'late-ack-that-takes-delivery-back',
    invariant: 'I8',
    what: 'the ack of an earlier copy makes a delivered message a sent one again',
    edits: [{ in: 'Outcomes.sentBefore', when: 'this.#options.receipts.isSent(job.document.messageId)', becomes: 'false' }],
    noticedBy: {
      file: OUTBOX_TEST,
      tests: 'stays delivered when the ack of its earlier copy comes in the moment of the receipt',
    },
  },
  {
    name: 'edited-by-anybody',
    invariant: 'beside',
    what: 'in a chat with one person, either side edits and revokes what the other one said',
    edits: [{ in: 'isBySenderOrAdmin', value: '() => true' }],
    noticedBy: { file: PROJECTOR_TEST, tests: 'let nobody edit or revoke the message of the other side' },
  },
  {
    name: 'revoked-without-a-right',
    invariant: 'beside',
    what: 'a member of a group revokes the messages of others, without the mark that WhatsApp sets for administrators',
    edits: [{ in: 'readProtocol.revoked', value: "changeOf('revoked', { ...key, fromMe: true }, writing, {})" }],
    noticedBy: { file: READER_TEST, tests: 'revokes a message of its author, and that of another one only as WhatsApp says so' },
  },
  {
    name: 'change-without-its-message',
    invariant: 'beside',
    what: 'a reaction that came before its message keeps the document of the message from being made',
    edits: [{ in: 'isWhole', value: '(found) => Boolean(found)' }],
    noticedBy: { file: INBOX_TEST, tests: 'that changes a message changes it after a claim' },
  },
  {
    name: 'plaintext-outside-the-record',
    invariant: 'I2',
    what: 'the ratchet step and the plaintext are two mutations, and may be two records',
    edits: [
      {
        in: 'Receiving.#admit',
        call: 'transaction.join',
        becomes: '((keys, commit) => void setImmediate(() => commit({ keys })))($*)',
      },
    ],
    noticedBy: { file: SIGNAL_TEST, tests: 'a received message is in one mutation with the ratchet step' },
  },
  {
    name: 'ratchet-used-twice',
    invariant: 'I2',
    what: 'a stanza that comes again is decrypted again, which the ratchet cannot do',
    edits: [{ in: 'Receiving.decrypt', call: 'deliveries.lookup', becomes: 'null' }],
    noticedBy: { file: SIGNAL_TEST, tests: 'a received message that comes again is answered from its row' },
  },
  {
    name: 'wire-before-ratchet',
    invariant: 'I3',
    what: 'a message is encrypted inside the transaction of its sender, which ends after its frame',
    edits: [{ in: 'makeSignalRepository.encryptMessage', call: 'alone', becomes: '($1)()' }],
    noticedBy: { file: SIGNAL_TEST, tests: 'the ratchet step of a message to send is journaled before' },
  },
  {
    name: 'retry-with-a-new-id',
    invariant: 'I8',
    what: 'a message gets another id when it goes out again',
    edits: [
      {
        in: 'Outbox.#send',
        call: 'relay',
        becomes: 'connection.relay($1, $2, isRepeated ? `${$3}-${job.attempts}` : $3, $4)',
      },
    ],
    noticedBy: { file: OUTBOX_TEST, tests: 'goes out once more, byte for byte' },
  },
  {
    name: 'composed-anew',
    invariant: 'I8',
    what: 'a message that may have been on the wire is composed anew, and becomes another message',
    edits: [{ in: 'Outbox.#send.proto', value: 'await this.#compose(job, connection, isStillOurs)' }],
    noticedBy: { file: OUTBOX_TEST, tests: 'a message that may have been on the wire goes out again byte for byte' },
  },
  {
    name: 'sent-before-the-ack',
    invariant: 'I8',
    what: 'a message counts as sent once it was written to the socket',
    edits: [{ in: 'Outbox.#send', call: 'relay', becomes: '$&; this.acknowledged($3, null)' }],
    noticedBy: { file: OUTBOX_TEST, tests: 'a message that got no ack on a dead connection goes out at once' },
  },
  {
    name: 'cancel-overwritten',
    invariant: 'I8',
    what: 'an owner takes a job in whatever version it is, and sends a canceled message',
    edits: [{ in: 'guarded.unlessChangedSince', value: 'undefined' }],
    noticedBy: { file: QUEUE_TEST, tests: 'a pending job that was changed after the owner had read it' },
  },
  {
    name: 'sent-before-it-is-taken',
    invariant: 'I8',
    what: 'a message is written to the socket although its job was not taken from the queue',
    edits: [{ in: 'Outbox.#take', when: "outcome === 'outdated'", becomes: 'false' }],
    noticedBy: { file: QUEUE_TEST, tests: 'and canceled is never sent' },
  },
  {
    name: 'asked-again-in-memory',
    invariant: 'I8',
    what: 'a request for a message that a contact could not read ends with its owner, and a refused copy is never sent again',
    edits: [{ in: 'Resending.#keep', call: 'change', becomes: '0' }],
    noticedBy: { file: 'runner/src/session/outbox/resending.test.ts', tests: 'the next owner waits for late receipts' },
  },
  {
    name: 'anybodys-ack',
    invariant: 'I8',
    what: 'of two devices that asked for a message again, the first answer counts for both, and the one whose copy was refused gets no other',
    edits: [{ in: 'CopiesOnWire.answered', find: 'round.requests.size > 1 && round.unanswered > 0', replace: 'false' }],
    noticedBy: { file: 'runner/src/session/outbox/resending.test.ts', tests: 'may concern either' },
  },
  {
    name: 'late-ack-unheard',
    invariant: 'beside',
    what: 'a message that was given up stays failed although WhatsApp says that it has it',
    edits: [{ in: 'Outbox.acknowledged', drop: 'acknowledgedLate' }],
    noticedBy: { file: 'test/integration/engine/outbox.test.ts', tests: 'when its ack comes late' },
  },
  {
    name: 'corrected-in-any-version',
    invariant: 'I8',
    what: 'a failed message becomes sent although somebody has returned it to the queue',
    edits: [{ in: 'Receipts.#correct', find: 'unlessChanged: [snapshot],', replace: '' }],
    noticedBy: { file: 'test/integration/engine/outbox.test.ts', tests: 'during the lookup' },
  },
  {
    name: 'late-document',
    invariant: 'beside',
    what: 'a refused message is judged by a document that does not show the refusal yet, and leaves again at once',
    edits: [{ in: 'KnownJobs.refresh', drop: 'whenShown' }],
    noticedBy: { file: 'test/integration/engine/local-mode.test.ts', tests: 'keeps to its delays' },
  },
  {
    name: 'two-retry-owners',
    invariant: 'I8',
    what: 'an owner sets a timer for a retry that a task makes due',
    edits: [{ in: 'due-jobs.ts:isLater', value: '() => false' }],
    noticedBy: { file: QUEUE_TEST, tests: 'is reported once its record is durable' },
  },
  {
    name: 'settled-job-again',
    invariant: 'I8',
    what: 'a settled job is sent again when Firestore delivers its old state',
    edits: [{ in: 'KnownJobs.hear', call: 'settled.has', becomes: 'false' }],
    noticedBy: {
      file: OUTBOX_TEST,
      tests: 'a job that Firestore delivers again in its old state after it failed on the wire',
    },
  },
  {
    name: 'unsaid-counts-as-written',
    invariant: 'beside',
    what: 'a message whose document could not be made counts as stored',
    edits: [{ in: 'reportWritten', when: 'unprojected.has(entry)', becomes: 'false' }],
    noticedBy: {
      file: 'test/integration/engine/journal.test.ts',
      tests: 'never counts writes as written that could not be made',
    },
  },
  {
    name: 'any-time-believed',
    invariant: 'beside',
    what: 'a message with an invalid timestamp has no document',
    edits: [{ in: 'sealedFields', call: 'storableDate', becomes: 'new Date($1)' }],
    noticedBy: { file: 'test/integration/engine/inbox.test.ts', tests: 'a received message with an invalid timestamp' },
  },
  {
    name: 'job-in-no-state',
    invariant: 'I8',
    what: 'a message fails without a note in its document',
    edits: [{ in: 'JobProgress.failed.outcome', value: "'written' as Outcome" }],
    noticedBy: { file: OUTBOX_TEST, tests: 'after it failed stays failed' },
  },
  {
    name: 'member-without-devices',
    invariant: 'beside',
    what: 'a message to a group goes only to members whose devices the server listed',
    edits: [{ in: 'assertGroupRecipients.isKnown', value: '() => true' }],
    noticedBy: { file: GROUP_TEST, tests: 'a group fails when the server does not list the devices of' },
  },
  {
    name: 'device-without-keys',
    invariant: 'beside',
    what: 'a message to a group goes only to devices whose keys the server returned',
    edits: [{ in: 'assertGroupRecipients.missing', value: '[] as string[]' }],
    noticedBy: { file: GROUP_TEST, tests: 'when the answer leaves out its keys' },
  },
]

import { alertDocumentSchema } from '@holdfast/core/operations/alert-document'
import { jobDocumentSchema } from '@holdfast/core/message/job-document'
import { messageDocumentSchema } from '@holdfast/core/message/message-document'
import { parkedStanzaDocumentSchema } from '@holdfast/core/message/parked-stanza-document'
import { openJobContent, openReceivedContent, sealJobContent, sealReceivedContent } from '@holdfast/core/message/sealed-content'
import { parseStored } from '@holdfast/core/platform/parse'
import { recoveryActionSchema } from '@holdfast/core/operations/recovery-action-document'
import { apiKeyDocumentSchema } from '@holdfast/core/operations/api-key-document'
import { auditDocumentSchema } from '@holdfast/core/operations/audit-document'
import { tenantDocumentSchema } from '@holdfast/core/operations/tenant-document'
import { runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import { sessionDocumentSchema } from '@holdfast/core/session/session-document'
import { sessionKeyDocumentSchema } from '@holdfast/core/security/session-key-document'
import { newSessionKeys, unwrapSessionKeys, WrappingKey } from '@holdfast/core/security/envelope'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { z } from 'zod'
import { sessionAnswer } from '../../../../functions/src/use-cases/session-answer.ts'
import { mutateBytes, mutateValue } from '../mutations.ts'
import { unlessRefused, type Target } from '../target.ts'

const SESSION_ID = 'default.fuzz'
const WRAPPING_KEY = new WrappingKey(Buffer.alloc(32, 7))
const KEYS = await newSessionKeys(SESSION_ID, WRAPPING_KEY)
const CIPHER = await unwrapSessionKeys(SESSION_ID, KEYS, WRAPPING_KEY)

const at = new Date(1_700_000_000_000)
const pointer = { object: `sessions/${SESSION_ID}/x.ckpt`, generation: '1', sha256: 'ab', seq: 9, epoch: 2 }
const counters = { sent: 1, received: 2 }

const session = {
  v: 1,
  tenant: 'default',
  name: 'fuzz',
  wanted: 'online',
  config: { a: 1 },
  createdAt: at,
  state: 'CONNECTED',
  reason: 'logged-in',
  sentence: 'It works.',
  userAction: null,
  since: at,
  runnerId: 'runner-1',
  epoch: 2,
  journalHead: 12,
  journalPlace: 'firestore:x',
  checkpoint: pointer,
  previousCheckpoint: { ...pointer, seq: 5 },
  trimmedTo: 5,
  putAside: [{ reason: 'logged-out', at, checkpoint: pointer, records: { after: 1, upTo: 2 } }],
  crashes: { shortLives: 0, failedTrials: 0, onTrial: false },
  lastProofOfLifeAt: at,
  lastInboundAt: null,
  me: { id: '5511900000001:1@s.whatsapp.net', lid: '100000000000001:1@lid' },
  pairing: { qr: Buffer.from('sealed'), expiresAt: at },
  counters,
  nextAttemptAt: null,
  bannedUntil: null,
  lastDisconnect: { code: 428, class: 'network', reason: 'connection-lost', at },
}

const runner = {
  v: 1,
  state: 'active',
  instanceId: 'container',
  startedAt: at,
  workingSince: at,
  shortLives: 0,
  heartbeatAt: at,
  capacity: 50,
  heartbeatIntervalMs: 1000,
  deadAfterMs: 4000,
  memoryBytes: 1,
  resources: {
    memory: { rssBytes: 1, limitBytes: null, percentage: null },
    cpu: { cpus: 1, percentage: 2 },
    eventLoop: { p99Ms: 1, maxMs: 2 },
  },
  sessions: { [SESSION_ID]: { state: 'CONNECTED', epoch: 2, lastProofOfLifeAt: at, lastInboundAt: at, counters } },
}

const envelope = { v: 1, messageId: 'M1', chat: '5511900000002@s.whatsapp.net' }

const job = {
  ...envelope,
  tenant: 'default',
  sessionId: SESSION_ID,
  type: 'text',
  content: sealJobContent(CIPHER, 'job', { type: 'text', text: 'hello' }),
  requestHash: 'ab',
  status: 'processing',
  createdAt: at,
  queuedAt: at,
  timeline: [
    { status: 'pending', at },
    { status: 'processing', at, attempt: 1 },
  ],
  attempts: 1,
  lastAttemptAt: at,
  nextAttemptAt: null,
  failedAt: null,
  lastError: { code: 'c', message: 'm' },
  proto: Buffer.from('sealed'),
}

const message = {
  ...envelope,
  participant: null,
  fromMe: false,
  pushName: 'Bob',
  type: 'text',
  content: sealReceivedContent(CIPHER, 'message', { text: 'hello', proto: '' }),
  sentAt: at,
  order: '00000000000000000009-000000',
}

const parked = {
  v: 1,
  messageId: 'M1',
  from: envelope.chat,
  participant: null,
  kind: 'msg',
  error: { code: 'bad-mac', message: 'Bad MAC' },
  attempts: 5,
  size: 100,
  firstAt: at,
  lastAt: at,
  parkedAt: at,
  content: Buffer.from('sealed'),
  resolvedAt: null,
}

const action = {
  v: 1,
  tenant: 'default',
  sessionId: SESSION_ID,
  type: 'restore',
  state: 'running',
  requestedBy: 'api',
  why: 'w',
  requestedAt: at,
  approved: { reaches: 3 },
  runnerId: 'runner-1',
  epoch: 2,
  startedAt: at,
  finishedAt: null,
  steps: [{ at, what: 'begun' }],
  result: null,
}

const alert = {
  v: 1,
  type: 'crash-loop',
  scope: 'container',
  severity: 'critical',
  state: 'open',
  firstSeenAt: at,
  lastSeenAt: at,
  resolvedAt: null,
  count: 3,
  sentence: 's',
  userAction: null,
}

const tenant = {
  v: 1,
  name: 'Acme',
  state: 'active',
  createdAt: at,
  config: {
    timeZone: 'Europe/Berlin',
    pacing: { enabled: true, minDelayMs: 1, maxDelayMs: 2, ramp: [1, 2] },
    retries: { delaysMs: [0, 1], maxRetries: 2 },
    quotas: { sessions: 1, requestsPerMinute: 2 },
    alerts: { channels: [{ name: 'ops', type: 'webhook', url: 'https://example.com' }] },
  },
  secrets: { hook: Buffer.from('sealed') },
  admittedAt: at,
}

const apiKey = {
  v: 1,
  tenant: 'default',
  name: 'shop',
  role: 'send',
  sessions: ['main'],
  hash: 'ab'.repeat(32),
  createdAt: at,
  createdBy: 'operator',
  revokedAt: null,
  expiresAt: at,
  lastUsedAt: at,
  requestsPerMinute: 5,
}

const act = {
  v: 1,
  at,
  tenant: 'default',
  key: 'operator',
  role: 'operator',
  operation: 'createKey',
  on: { id: 'x' },
  status: 201,
  problem: null,
  requestId: 'r',
}

const SHAPES: Readonly<Record<string, readonly [z.ZodType, object]>> = {
  session: [sessionDocumentSchema, session],
  runner: [runnerDocumentSchema, runner],
  job: [jobDocumentSchema, job],
  message: [messageDocumentSchema, message],
  parked: [parkedStanzaDocumentSchema, parked],
  action: [recoveryActionSchema, action],
  alert: [alertDocumentSchema, alert],
  key: [sessionKeyDocumentSchema, KEYS],
  tenant: [tenantDocumentSchema, tenant],
  apiKey: [apiKeyDocumentSchema, apiKey],
  act: [auditDocumentSchema, act],
}

const isTyped = (error: unknown): boolean => isHoldfastError(error)

const isUnread = (error: unknown): boolean => isHoldfastError(error, 'bad-document') || isHoldfastError(error, 'unknown-version')

const documents: Target = {
  name: 'documents',
  promise: 'a document is parsed by its schema, or refused as `bad-document` or `unknown-version`',
  async open() {
    for (const [name, [schema, real]] of Object.entries(SHAPES)) parseStored(schema, real, name)
    return {
      attempt(random) {
        const [schema, real] = random.pick(Object.values(SHAPES))
        return unlessRefused(() => parseStored(schema, mutateValue(random, real), 'fuzz'), isUnread)
      },
    }
  },
}

const snapshotOf = (id: string, fields: unknown, silentForMs: number): DocumentSnapshot => ({
  path: `x/${id}`,
  id,
  fields: fields as DocumentSnapshot['fields'],
  createdAtMicros: 0,
  updatedAtMicros: 0,
  silentForMs,
  version: 1,
})

const answers: Target = {
  name: 'answers',
  promise: 'the API answers a request for a session with valid JSON or a typed error, whatever its documents contain',
  async open() {
    return {
      attempt(random) {
        const of = snapshotOf(SESSION_ID, random.chance(0.7) ? mutateValue(random, session) : session, 0)
        const by = snapshotOf('runner-1', random.chance(0.7) ? mutateValue(random, runner) : runner, random.between(0, 10_000))
        return unlessRefused(() => JSON.stringify(sessionAnswer(of, random.chance(0.1) ? null : by)), isTyped)
      },
    }
  },
}

const sealed: Target = {
  name: 'sealed',
  promise: 'sealed content and wrapped keys open unchanged, or fail with typed errors',
  async open() {
    return {
      async attempt(random) {
        const content = mutateBytes(random, job.content)
        const isSame = content.equals(job.content)
        const text = await unlessRefused(() => {
          if (openJobContent(CIPHER, 'job', { type: 'text', content }) && !isSame) throw new Error('Changed content was opened.')
        }, isTyped)
        const received = await unlessRefused(() => {
          openReceivedContent(CIPHER, 'message', { content: mutateBytes(random, message.content) })
        }, isTyped)
        const keys = mutateValue(random, KEYS)
        const cipher = await unlessRefused(
          () => unwrapSessionKeys(SESSION_ID, parseStored(sessionKeyDocumentSchema, keys, 'fuzz'), WRAPPING_KEY),
          isTyped,
        )
        return text ?? received ?? cipher
      },
    }
  },
}

export const DOCUMENTS: readonly Target[] = [documents, answers, sealed]

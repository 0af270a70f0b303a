import { wrappingSettings } from '@holdfast/core/security/wrapping-settings'
import { publicUrlSettings } from '@holdfast/core/platform/public-url'
import { insideSettings } from '@holdfast/core/platform/inside-settings'
import { integer, integers, optionalInteger, projectId, says, switchedOn } from '@holdfast/core/platform/settings'
import { tenantVariables } from '@holdfast/core/operations/tenant-environment'
import { storageSettings } from '@holdfast/core/platform/storage-settings'
import { tasksSettings } from '@holdfast/core/platform/tasks-settings'
import { traceSettings } from '@holdfast/core/platform/trace-settings'
import { releaseSettings } from '@holdfast/core/platform/version'
import { DEFAULT_RECONNECT_POLICY as RECONNECT } from '@holdfast/core/session/disconnect-policy'
import { z } from 'zod'
import { hostsOf } from './network/probe.ts'
import { DEFAULT_CRASH_POLICY as CRASHES } from './session/quarantine/crash-record.ts'
import { DEFAULT_SEND_POLICY as SENDING } from './session/outbox/send-policy.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const ms = { unit: 'ms' }

const port = optionalInteger({ min: 0, max: 65_535 })

const whatsappWebVersion = z
  .string()
  .regex(/^\d{1,9}\.\d{1,9}\.\d{1,10}$/, 'must be three numbers, like 2.3000.1234567')
  .transform((text) => text.split('.').map(Number) as [number, number, number])
  .optional()

const neutralHosts = z
  .string()
  .refine((text) => hostsOf(text) !== null, 'must be hosts with ports, like `example.org:443`, separated by commas, or `none`')
  .default('one.one.one.one:443,dns.quad9.net:443')

const instanceId = z
  .string()
  .regex(/^[^/]{1,200}$/, 'must have 1 to 200 characters, none of them a slash')
  .optional()

/** All variables of a runner, with what an operator reads about them. */
export const runnerSettings = z.object({
  GOOGLE_CLOUD_PROJECT: projectId,
  ...storageSettings,
  ...tasksSettings,
  ...wrappingSettings,
  ...tenantVariables,
  MAX_CONNECTIONS: says('The most sessions that one runner holds.', integer({ min: 1, max: 1000, default: 50 })),
  QUEUE_CONCURRENCY: says(
    'The number of chats of one session that have a message on its way at the same time.',
    integer({ min: 1, max: 100, default: SENDING.chatsAtOnce }),
  ),
  MAX_INCOMING_MEDIA_MB: says(
    'The largest file of a received message that is fetched. The message itself arrives in any case.',
    integer({ min: 1, max: 4096, default: 100 }),
    { unit: 'MiB' },
  ),
  SEND_ACK_TIMEOUT_MS: says(
    "The time to wait for WhatsApp's ack. The message then goes out again under its id.",
    integer({ min: 1000, max: 300_000, default: SENDING.ackTimeoutMs }),
    ms,
  ),
  SESSION_BACKUP_INTERVAL: says(
    'A session makes a checkpoint after this time with unsaved changes.',
    integer({
      min: MINUTE_MS,
      max: DAY_MS,
      default: HOUR_MS,
      hint: 'it is in milliseconds, and 3600000 is an hour',
    }),
    ms,
  ),
  CHECKPOINT_RECORDS: says(
    'A session makes a checkpoint after this many records, too.',
    integer({ min: 16, max: 10_000, default: 256 }),
  ),
  AUTO_RESTORE: says(
    '`lossless`: the runner restores a damaged state by itself only if that loses nothing. `always`: also if it loses records.',
    z.enum(['lossless', 'always'], 'must be `lossless` or `always`').default('lossless'),
  ),
  CRASH_LOOP_AFTER: says(
    'A session is a suspect after this many of its owners died in a row, each before a connection had held for `CRASH_FREE_MS`. A suspect is opened alone, to find out whether it is the cause.',
    integer({ min: 2, max: 1_000_000, default: CRASHES.suspectAfter }),
  ),
  CRASH_FREE_MS: says(
    'How long a connection, or a process, has to last before it counts as sound.',
    integer({ min: 100, max: 600_000, default: CRASHES.stableMs }),
    ms,
  ),
  QUARANTINE_PAUSES_MS: says(
    'A session that is kept closed because it crashes its runner is tried again after these times, one after the other; the last one repeats.',
    integers({ min: 100, max: 30 * DAY_MS, default: CRASHES.pausesMs }),
    ms,
  ),
  AUTO_RECOVERY: says(
    '`true`: a session that stays lost is recovered by the steps of `docs/RECOVERY.md`. `false`: the product only tells which step it would take. Reconnects happen in both cases.',
    switchedOn(true),
  ),
  DEAF_AFTER_MS: says(
    'How long evidence has to last that a connection is deaf: it is open and answers, and brings nothing although there is something.',
    integer({ min: 1000, max: HOUR_MS, default: 300_000 }),
    ms,
  ),
  CONNECTS_PER_SECOND: says(
    'The most connection attempts of one runner per second.',
    integer({ min: 1, max: 1000, default: 10 }),
  ),
  MAX_PAIRINGS: says(
    'The most devices that one runner links at the same time. A device counts until its QR code is shown, and again from the scan on.',
    integer({ min: 1, max: 1000, default: 2 }),
  ),
  MAX_PAIRING_ROUNDS: says(
    'A session stops making QR codes after this many rounds without a scan. A round has six codes and takes about 160 s.',
    integer({ min: 1, max: 1000, default: RECONNECT.pairingRounds }),
  ),
  QR_LIFETIME_MS: says('The time that each QR code is shown.', optionalInteger({ min: 100, max: HOUR_MS }), {
    ...ms,
    without: "60 s for the first code of a round and 20 s for the others, as WhatsApp's own client shows them",
  }),
  RECONNECT_NETWORK_FIRST_MS: says(
    'The first delay of a reconnect after a network failure. Delays double without end, up to the limit.',
    integer({ min: 10, max: HOUR_MS, default: RECONNECT.network.firstMs }),
    ms,
  ),
  RECONNECT_NETWORK_LIMIT_MS: says(
    'The longest delay of a reconnect after a network failure.',
    integer({ min: 10, max: DAY_MS, default: RECONNECT.network.limitMs }),
    ms,
  ),
  RECONNECT_WHATSAPP_DELAYS_MS: says(
    'The delays of reconnects after failures of WhatsApp. The first attempt is made at once; these come before the next ones.',
    integers({ min: 0, max: DAY_MS, default: RECONNECT.whatsappDelaysMs }),
    ms,
  ),
  MAX_RECONNECTION_ATTEMPTS: says(
    'The number of reconnects after failures of WhatsApp, before the session needs attention.',
    integer({ min: 0, max: 1000, default: RECONNECT.maxAttempts }),
  ),
  REPLACED_DELAY_MIN_MS: says(
    'The shortest delay before a session reconnects after another connection replaced it. It does so at most once an hour.',
    integer({ min: 100, max: HOUR_MS, default: RECONNECT.replacedDelayMs.min }),
    ms,
  ),
  REPLACED_DELAY_MAX_MS: says(
    'The longest delay before that reconnect.',
    integer({ min: 100, max: HOUR_MS, default: RECONNECT.replacedDelayMs.max }),
    ms,
  ),
  CLIENT_OUTDATED_DELAY_MS: says(
    'The delay before the next attempt while WhatsApp refuses the version below. A new process tries at once.',
    integer({ min: 1000, max: DAY_MS, default: RECONNECT.outdatedDelayMs }),
    ms,
  ),
  NETWORK_NEUTRAL_HOSTS: says(
    'Hosts that belong to neither WhatsApp nor Google, by name. A runner connects to them while connections to WhatsApp fail, to tell an outage of WhatsApp from one of its own network. One that answers is enough. `none`: none is asked.',
    neutralHosts,
  ),
  NETWORK_PROBE_INTERVAL_MS: says(
    'The interval of probes of the network while connections fail. While sessions hear WhatsApp, none are made.',
    integer({ min: 100, max: 600_000, default: 5000 }),
    ms,
  ),
  NETWORK_PROBE_LIMIT_MS: says(
    'The time in which a probe must be answered.',
    integer({ min: 100, max: 60_000, default: 5000 }),
    ms,
  ),
  WHATSAPP_WEB_VERSION: says(
    'The version of WhatsApp Web to announce. Needed when WhatsApp refuses the version that this release knows.',
    whatsappWebVersion,
    { example: '2.3000.1234567', without: 'the version of this release' },
  ),
  ...publicUrlSettings,
  HEARTBEAT_MODE: says(
    '`runner`: a runner vouches for its sessions in its own document. `session`: it also writes a heartbeat into the document of each session, every 30 s.',
    z.enum(['runner', 'session'], 'must be `runner` or `session`').default('runner'),
  ),
  HEARTBEAT_INTERVAL_MS: says('The interval of heartbeats.', integer({ min: 200, max: 60_000, default: 4000 }), ms),
  RUNNER_DEAD_AFTER_MS: says(
    'The silence after which a runner counts as dead, at least three times the interval.',
    integer({ min: 1000, max: 600_000, default: 12_000 }),
    ms,
  ),
  HEALTH_CHECK_INTERVAL: says(
    'The time over which CPU and event loop are measured. Memory is measured with every heartbeat.',
    integer({ min: 1000, max: HOUR_MS, default: 30_000, hint: 'it is in milliseconds, and 30000 are 30 seconds' }),
    ms,
  ),
  MEMORY_LIMIT_MB: says(
    'The memory at which the container is killed. Needed when its cgroup does not state it; the smaller of the two counts.',
    optionalInteger({ min: 1, max: 1024 * 1024 }),
    { unit: 'MiB', without: 'the limit of the cgroup' },
  ),
  MEMORY_DRAIN_THRESHOLD: says(
    'A runner that uses more than this share of its memory at `MEMORY_DRAIN_LOOKS` measurements in a row hands its sessions over and exits with code 75.',
    integer({ min: 1, max: 100, default: 90 }),
    { unit: '%' },
  ),
  MEMORY_DRAIN_LOOKS: says('The number of these measurements.', integer({ min: 1, max: 1000, default: 3 })),
  MEMORY_DRAIN_SOON_MS: says(
    'A runner that does so before it has worked for this long has too low a limit: it counts below like one that died.',
    integer({ min: 0, max: HOUR_MS, default: 600_000 }),
    ms,
  ),
  RESTART_PAUSE_LIMIT_MS: says(
    'After three processes of a container or slot that each died within `CRASH_FREE_MS`, the next one waits 1 s before it claims sessions. The wait then doubles up to this limit.',
    integer({ min: 0, max: 3_600_000, default: 60_000 }),
    ms,
  ),
  RESTART_ALERT_AFTER: says(
    'The number of such processes in a row that raises an alert.',
    integer({ min: 1, max: 1000, default: 10 }),
  ),
  PROBE_PORT: says('The port of the probes `GET /startup` and `GET /live`. 0 takes a free port.', port, { without: '`PORT`' }),
  PORT: says('The same port, as Cloud Run sets it.', port, { without: 'no probes' }),
  SIGNATURE_CHECK: says(
    "The effect of an invalid signature of WhatsApp's certificates or of the phone that pairs. `enforce`: no connection. `log`: a log line only.",
    z.enum(['enforce', 'log'], 'must be `enforce` or `log`').default('enforce'),
  ),
  INSTANCE_ID: says(
    'The id of the container: unique to it, and the same after its restart. A restarted container with an id takes its sessions back at once. `docs/ARCHITECTURE.md`, "One runner process", says what to set where.',
    instanceId,
    { without: 'a numbered slot in the fleet, as on Cloud Run' },
  ),
  REBALANCING: says(
    'Whether sessions move to a runner that joins, one each second at most. `false`: they stay until their runner leaves.',
    switchedOn(true),
  ),
  OLD_REVISION_WAIT_MS: says(
    'The time for which a runner leaves a session without an owner to runners of a newer revision of Cloud Run. It then takes the session itself.',
    integer({ min: 0, max: 60_000, default: 2000 }),
    ms,
  ),
  CLOUD_RUN_REVISION: says('The revision of the worker pool, as Cloud Run sets it.', z.string().optional(), {
    without: '`K_REVISION`',
  }),
  K_REVISION: says('The same, as Cloud Run sets it in a service.', z.string().optional(), {
    without: 'no revision, and no waiting for a newer one',
  }),
  ...insideSettings,
  ...traceSettings,
  ...releaseSettings,
  LOG_LEVEL: says(
    'The least severity that is logged.',
    z.enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent').default('info'),
  ),
})

import { z } from 'zod'

/** A part of the persisted contract of `runners/{runnerId}`: what a runner can reach. */

/**
 * The targets of the probes.
 *
 * dns        the name of WhatsApp's server resolves
 * whatsapp   TCP and TLS to WhatsApp's server
 * neutral    TCP to a host that belongs to neither WhatsApp nor Google
 * google     the document store answered lately
 * storage    the object store answered its last call
 * tasks      the queue of tasks answered its last call
 */
export const PROBE_TARGETS = ['dns', 'whatsapp', 'neutral', 'google', 'storage', 'tasks'] as const

export type ProbeTarget = (typeof PROBE_TARGETS)[number]

/**
 * Where an outage lies. A verdict other than `none` needs positive evidence: something that fails, and something that works.
 *
 * none      nothing is wrong, or one session alone is in trouble
 * runner    this runner's own network is away; other runners work
 * egress    no runner of the fleet reaches anything outside Google
 * whatsapp  the network works and WhatsApp does not
 * google    Firestore, Storage or Tasks does not answer, and the rest works
 * fleet     nothing can be reached and nobody else can say why
 */
export const OUTAGE_VERDICTS = ['none', 'runner', 'egress', 'whatsapp', 'google', 'fleet'] as const

export type OutageVerdict = (typeof OUTAGE_VERDICTS)[number]

const probeSchema = z.object({
  ok: z.boolean(),
  /** Since when the outcome has been the same. */
  since: z.date(),
  checkedAt: z.date(),
  /** Time to the answer, in milliseconds; null when it failed. */
  ms: z.number().nullable().default(null),
  /** A code of the failure, like ECONNREFUSED. */
  error: z.string().nullable().default(null),
})

export type ProbeResult = z.infer<typeof probeSchema>

export const networkReportSchema = z.object({
  /** A probe that was not made lately is absent. */
  probes: z.partialRecord(z.enum(PROBE_TARGETS), probeSchema),
  verdict: z.enum(OUTAGE_VERDICTS).catch('none'),
  /** Since when the verdict stands. */
  since: z.date(),
  /** How long ago a session heard WhatsApp, in milliseconds. Null: none has. */
  heardAgoMs: z.number().nullable().optional().catch(undefined),
  /** Sessions that need a connection, and those of them whose last attempt failed. */
  dials: z.object({ sessions: z.number(), failing: z.number() }).optional().catch(undefined),
})

export type NetworkReport = z.infer<typeof networkReportSchema>

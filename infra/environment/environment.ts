import { DEFAULT_REGION } from '@holdfast/core/platform/region'
import { z } from 'zod'
import { apiAccess } from './api-access.ts'
import { nearestOf } from './nearest.ts'
import { instancesOfOneAddress } from './ports.ts'
import { CPUS, MEMORY_GIB, problemsOfSize, sizeOf } from './runner-size.ts'
import { problemsOfVariables } from './variables.ts'

/** What the runners can be on Cloud Run. */
export const PLATFORMS = ['worker-pool', 'service'] as const
export type Platform = (typeof PLATFORMS)[number]

const variables = z
  .record(z.string(), z.string('must be a text, with quotation marks around it'))
  .default({})
  .superRefine((given, context) => {
    for (const { name, problem } of problemsOfVariables(given)) {
      context.addIssue({ code: 'custom', path: [name], message: problem })
    }
  })

const runner = z
  .strictObject({
    /** Cloud Run's kind of thing that the runners are. A worker pool answers no requests; a service is for regions that have none. */
    platform: z.literal(PLATFORMS).default('worker-pool'),
    /** Instances that new runners have. The number of present ones is left as it is. */
    instances: z.int().min(1).max(1000).default(1),
    /** What is left out follows from `maxConnections`. */
    cpu: z.literal(CPUS).optional(),
    memoryGib: z.int().min(MEMORY_GIB.least).max(MEMORY_GIB.most).optional(),
    /** Sessions of one instance (`MAX_CONNECTIONS`). */
    maxConnections: z.int().min(1).max(1000).default(50),
  })
  .transform((given, context) => {
    const runner = { ...given, ...sizeOf(given) }
    for (const { field, problem } of problemsOfSize(runner)) {
      context.addIssue({ code: 'custom', path: [field], message: problem })
    }
    return runner
  })

/** Google takes a key for data of its own region only. */
const KMS_KEY = new RegExp(`^projects/[\\w.:-]+/locations/${DEFAULT_REGION}/keyRings/[\\w-]+/cryptoKeys/[\\w-]+$`)
/** Of any place, because it encrypts data keys and no data. */
const TENANT_KEY = /^projects\/[\w.:-]+\/locations\/[\w-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+$/
const KMS_KEY_FORM = `must be \`own\`, or like projects/P/locations/${DEFAULT_REGION}/keyRings/R/cryptoKeys/K: a key of the region`

/** What is deployed, and where to. One project holds one environment. PERSISTED CONTRACT v1 */
export const environmentSchema = z
  .strictObject({
    v: z.literal(1),
    project: z
      .string()
      .regex(
        /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
        'must be the id of a Google Cloud project: 6 to 30 small letters, digits and hyphens',
      ),
    region: z
      .string()
      .default(DEFAULT_REGION)
      .refine(
        (region) => region === DEFAULT_REGION,
        `must be ${DEFAULT_REGION}, where the functions are: DEFAULT_REGION in core/src/platform/region.ts says so`,
      ),
    runner: runner.prefault({}),
    /** Who builds images: Cloud Build, or a program of this machine that then pushes them. */
    image: z.strictObject({ builder: z.literal(['cloud', 'docker', 'buildah']).default('cloud') }).prefault({}),
    /** The API as a server, which has instances while it is asked. */
    server: z
      .strictObject({ minInstances: z.int().min(0).max(100).default(0), maxInstances: z.int().min(1).max(1000).default(10) })
      .refine(({ minInstances, maxInstances }) => minInstances <= maxInstances, 'minInstances must not be above maxInstances')
      .prefault({}),
    api: apiAccess.prefault({}),
    /** Variables of runner and functions, as docs/CONFIGURATION.md lists them. */
    variables,
    /** Minutes for which each step of a roll-out is watched before the next one. */
    rollOut: z
      .strictObject({
        watchMinutes: z
          .number()
          .positive()
          .max(24 * 60)
          .default(10),
      })
      .prefault({}),
    /** Runners reach the internet from one address that stays. */
    egress: z.strictObject({ fixedAddress: z.boolean().default(false) }).prefault({}),
    /** Data is encrypted with a key of the project's own: `own` makes one, a name takes a present one. Only from the beginning. */
    encryption: z.strictObject({ kmsKey: z.union([z.literal('own'), z.string().regex(KMS_KEY, KMS_KEY_FORM)]) }).optional(),
    /** A key of Cloud KMS wraps the data keys of sessions: `own` makes one, a name takes a present one. Also later. */
    wrapping: z
      .strictObject({
        kmsKey: z.union([z.literal('own'), z.string().regex(KMS_KEY, KMS_KEY_FORM)]),
        /** Keys that tenants have of their own (`kmsKey` of a tenant): the same accounts may use them. */
        tenantKeys: z
          .array(z.string().regex(TENANT_KEY, 'must be like projects/P/locations/L/keyRings/R/cryptoKeys/K'))
          .max(1000)
          .optional(),
      })
      .optional(),
    /** Google logs who reads data. */
    audit: z.strictObject({ dataAccess: z.boolean().default(false) }).prefault({}),
    backups: z.strictObject({ days: z.int().min(1).max(98).default(14) }).prefault({}),
    alerts: z.strictObject({ emails: z.array(z.email('must be an e-mail address')).max(16).default([]) }).prefault({}),
    budget: z
      .strictObject({
        billingAccount: z.string().regex(/^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/, 'must be like 01AB23-45CD67-89EF01'),
        usdAMonth: z.int().min(1).max(1_000_000),
      })
      .optional(),
  })
  .superRefine(({ egress, runner: { instances, maxConnections } }, context) => {
    if (!egress.fixedAddress || instances <= instancesOfOneAddress(maxConnections)) return
    const message = `one address has ports for ${instancesOfOneAddress(maxConnections)} runner(s) with ${maxConnections} connections each`
    context.addIssue({ code: 'custom', path: ['egress', 'fixedAddress'], message })
  })
  .readonly()

export type Environment = z.infer<typeof environmentSchema>

/** An error about an environment file. Its message says what to change. */
export class BadEnvironment extends Error {}

/** @throws BadEnvironment, which lists all problems at once */
export function parseEnvironment(json: unknown, file: string): Environment {
  const parsed = environmentSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || 'the file'}: ${messageOf(issue)}`)
  throw new BadEnvironment(`${file} has ${problems.length} problem(s):\n${problems.join('\n')}`)
}

/** What nothing reads is named, with the field that was probably meant. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return issue.message
  const known = fieldsAt(issue.path)
  return issue.keys.map((key) => unknownField(key, nearestOf(key, known))).join('; ')
}

const unknownField = (key: string, meant: string | null): string =>
  `there is no field ${key}${meant === null ? '' : `; did you mean ${meant}?`}`

/** The names of the fields below a path. */
function fieldsAt(path: readonly PropertyKey[]): readonly string[] {
  const whole: unknown = z.toJSONSchema(environmentSchema, { io: 'input', unrepresentable: 'any' })
  return Object.keys(propertiesOf(path.reduce((schema, name) => propertiesOf(schema)[String(name)], whole)))
}

const propertiesOf = (schema: unknown): Readonly<Record<string, unknown>> =>
  (schema as { readonly properties?: Readonly<Record<string, unknown>> } | undefined)?.properties ?? {}

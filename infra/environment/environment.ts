import { DEFAULT_REGION } from '@holdfast/core/platform/region'
import { z } from 'zod'

/** Variables that the deployment sets itself, that hold secrets, or that Google reserves. */
const RESERVED =
  /^(GOOGLE_CLOUD_PROJECT|GCLOUD_PROJECT|STORAGE_BUCKET|SESSION_STORAGE_\w+|PORT|PROBE_PORT|MAX_CONNECTIONS|API_KEY|SESSION_ENCRYPTION_KEY|NODE_OPTIONS|HOLDFAST_\w+|(K|FUNCTION|FIREBASE|CLOUD_RUN)_\w*)$/

const variables = z
  .record(z.string(), z.string())
  .default({})
  .superRefine((given, context) => {
    for (const name of Object.keys(given)) {
      const problem = !/^[A-Z][A-Z0-9_]*$/.test(name)
        ? 'must be the name of a variable'
        : RESERVED.test(name)
          ? 'is set by the deployment itself'
          : null
      if (problem !== null) context.addIssue({ code: 'custom', path: [name], message: problem })
    }
  })

const runner = z.strictObject({
  /** Instances that a new worker pool has. The number of a present one is left as it is. */
  instances: z.int().min(1).max(1000).default(1),
  cpu: z.literal([1, 2, 4, 8]).default(1),
  /** The image's heap is made for 2 GiB. */
  memoryGib: z.int().min(2).max(32).default(2),
  /** Sessions of one instance (`MAX_CONNECTIONS`). */
  maxConnections: z.int().min(1).max(1000).default(50),
})

/** What is deployed, and where to. One project holds one environment. PERSISTED CONTRACT v1 */
export const environmentSchema = z
  .strictObject({
    v: z.literal(1),
    project: z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be the id of a Google Cloud project'),
    region: z
      .string()
      .default(DEFAULT_REGION)
      .refine(
        (region) => region === DEFAULT_REGION,
        `must be ${DEFAULT_REGION}, where the functions are: DEFAULT_REGION in core/src/platform/region.ts says so`,
      ),
    runner: runner.prefault({}),
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
    backups: z.strictObject({ days: z.int().min(1).max(98).default(14) }).prefault({}),
    alerts: z.strictObject({ emails: z.array(z.email('must be an e-mail address')).max(16).default([]) }).prefault({}),
    budget: z
      .strictObject({
        billingAccount: z.string().regex(/^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/, 'must be like 01AB23-45CD67-89EF01'),
        usdAMonth: z.int().min(1).max(1_000_000),
      })
      .optional(),
  })
  .readonly()

export type Environment = z.infer<typeof environmentSchema>

/** An error about an environment file. Its message says what to change. */
export class BadEnvironment extends Error {}

/** @throws BadEnvironment, which lists all problems at once */
export function parseEnvironment(json: unknown, file: string): Environment {
  const parsed = environmentSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || 'the file'}: ${message}`)
  throw new BadEnvironment(`${file} has ${problems.length} problem(s):\n${problems.join('\n')}`)
}

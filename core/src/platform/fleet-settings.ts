import { z } from 'zod'
import { integer, optionalInteger, says } from './settings.ts'

export const RUNNER_PLATFORMS = ['worker-pool', 'service'] as const

/** Where the runners are. */
export interface PoolConfig {
  readonly projectId: string
  readonly region: string
  readonly platform: (typeof RUNNER_PLATFORMS)[number]
  /** The name of the worker pool or service. */
  readonly name: string
  /** `host:port` of a stand-in for Cloud Run; null for the service. */
  readonly emulator: string | null
}

/** When how many runners are wanted. */
export interface SizingPolicy {
  readonly minimum: number
  readonly maximum: number
  /** Runners beyond those that the sessions need, so that the loss of one costs no start. */
  readonly spare: number
  /** How long fewer runners must have been enough, and the number unchanged, before one is taken away, ms. */
  readonly calmMs: number
}

/** Settings that whoever sizes the fleet spreads into its schema. */
export const fleetSettings = {
  FLEET_MAX: says(
    'The most runners. The sweep then sets the number of instances on Cloud Run by the number of sessions.',
    optionalInteger({ min: 1, max: 1000 }),
    { without: 'the number of runners stays as it was deployed' },
  ),
  FLEET_MIN: says('The least runners, where the fleet is sized.', integer({ min: 0, max: 1000, default: 1 })),
  FLEET_SPARE: says(
    'The runners beyond those that the sessions need. With one, the sessions of a runner that dies have room at once.',
    integer({ min: 0, max: 100, default: 1 }),
  ),
  FLEET_CALM_MS: says(
    'How long fewer runners must have been enough before one is taken away. More runners come at once.',
    integer({ min: 1000, max: 86_400_000, default: 600_000 }),
    { unit: 'ms' },
  ),
  FLEET_PLATFORM: says(
    'What the runners are on Cloud Run.',
    z.enum(RUNNER_PLATFORMS, 'must be `worker-pool` or `service`').default('worker-pool'),
  ),
  FLEET_NAME: says('The name of that worker pool or service.', z.string().min(1).default('holdfast-runner')),
  FLEET_REGION: says('Its region.', z.string().optional(), { without: '`FUNCTIONS_REGION`' }),
  CLOUD_RUN_EMULATOR_HOST: says(
    '`host:port` of a stand-in for the API of Cloud Run. Only the sandbox sets it.',
    z
      .string()
      .regex(/^[^/:]+:\d{1,5}$/, 'must be host:port')
      .optional(),
    { without: 'Cloud Run itself' },
  ),
}

type FleetSettings = z.infer<z.ZodObject<typeof fleetSettings>> & {
  readonly GOOGLE_CLOUD_PROJECT: string
  readonly FUNCTIONS_REGION: string
}

/** How the fleet is sized. */
export interface FleetConfig {
  readonly pool: PoolConfig
  readonly policy: SizingPolicy
}

/** Null: the fleet is not sized. */
export function fleetOf(settings: FleetSettings): FleetConfig | null {
  const maximum = settings.FLEET_MAX
  if (maximum === undefined) return null
  return {
    pool: {
      projectId: settings.GOOGLE_CLOUD_PROJECT,
      region: settings.FLEET_REGION ?? settings.FUNCTIONS_REGION,
      platform: settings.FLEET_PLATFORM,
      name: settings.FLEET_NAME,
      emulator: settings.CLOUD_RUN_EMULATOR_HOST ?? null,
    },
    policy: {
      minimum: Math.min(settings.FLEET_MIN, maximum),
      maximum,
      spare: settings.FLEET_SPARE,
      calmMs: settings.FLEET_CALM_MS,
    },
  }
}

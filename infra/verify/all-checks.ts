import { channels } from './checks/channels.ts'
import { copies } from './checks/copies.ts'
import { contracts } from './checks/contracts.ts'
import { latency } from './checks/latency.ts'
import { queries } from './checks/queries.ts'
import { rights } from './checks/rights.ts'
import { rules } from './checks/rules.ts'
import { runners } from './checks/runners.ts'
import { schedules } from './checks/schedules.ts'
import { tasks } from './checks/tasks.ts'
import { trials } from './checks/trial.ts'
import { wrappingKey } from './checks/wrapping-key.ts'
import type { LiveCheck } from './live-check.ts'

/** In the order in which they run. Those that disturb come last. */
export const LIVE_CHECKS: readonly LiveCheck[] = [
  rules,
  ...rights,
  wrappingKey,
  queries,
  latency,
  trials.latency,
  ...contracts,
  copies,
  ...tasks,
  schedules,
  trials.chaos,
  channels,
  ...runners,
]

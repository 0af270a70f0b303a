import type { Scenario } from '../scenario.ts'
import { LIFE } from './life.ts'
import { MESSAGES } from './messages.ts'
import { QUEUE } from './queue.ts'

export const SCENARIOS: readonly Scenario[] = [...LIFE, ...QUEUE, ...MESSAGES]

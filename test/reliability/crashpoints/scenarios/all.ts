import type { Scenario } from '../scenario.ts'
import { LIFE } from './life.ts'
import { MESSAGES } from './messages.ts'

export const SCENARIOS: readonly Scenario[] = [...LIFE, ...MESSAGES]

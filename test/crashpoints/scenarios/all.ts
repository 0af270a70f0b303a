import type { Scenario } from '../scenario.ts'
import { LIFE } from './life.ts'
import { MESSAGES } from './messages.ts'

/** Those that take longest come first. */
export const SCENARIOS: readonly Scenario[] = [...LIFE, ...MESSAGES]

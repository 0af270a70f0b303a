import type { Scenario } from '../scenario.ts'
import { messageOnOpenChat } from './messages.ts'

export const SCENARIOS: readonly Scenario[] = [messageOnOpenChat]

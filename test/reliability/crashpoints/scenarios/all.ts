import type { Scenario } from '../scenario.ts'
import { LIFE } from './life.ts'
import { MEDIA } from './media.ts'
import { MESSAGES } from './messages.ts'
import { QUEUE } from './queue.ts'
import { REFERENCES } from './references.ts'
import { VAULT } from './vault.ts'

export const SCENARIOS: readonly Scenario[] = [...LIFE, ...VAULT, ...QUEUE, ...MEDIA, ...REFERENCES, ...MESSAGES]

import { BESIDE } from './catalogue/beside.ts'
import { DEPLOYMENT } from './catalogue/deployment.ts'
import { EMBEDDED } from './catalogue/embedded.ts'
import { ENDINGS } from './catalogue/endings.ts'
import { FAILOVER } from './catalogue/failover.ts'
import { LOG } from './catalogue/log.ts'
import { MESSAGES } from './catalogue/messages.ts'
import { OUTPUT } from './catalogue/output.ts'
import { PACE } from './catalogue/pace.ts'
import { QUEUE_API } from './catalogue/queue-api.ts'
import { QUEUE_LIFE } from './catalogue/queue-life.ts'
import { SECRECY } from './catalogue/secrecy.ts'
import { TENANTS } from './catalogue/tenants.ts'
import type { Mutant } from './mutant.ts'

export const CATALOGUE: readonly Mutant[] = [
  OUTPUT,
  MESSAGES,
  LOG,
  ENDINGS,
  SECRECY,
  BESIDE,
  PACE,
  QUEUE_API,
  QUEUE_LIFE,
  FAILOVER,
  TENANTS,
  DEPLOYMENT,
  EMBEDDED,
].flat()

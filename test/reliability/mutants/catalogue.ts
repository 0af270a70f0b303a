import { BESIDE } from './catalogue/beside.ts'
import { DEPLOYMENT } from './catalogue/deployment.ts'
import { API } from './catalogue/api.ts'
import { ALERTS } from './catalogue/alerts.ts'
import { DIRECTORY } from './catalogue/directory.ts'
import { DOCTOR } from './catalogue/doctor.ts'
import { EMBEDDED } from './catalogue/embedded.ts'
import { ENDINGS } from './catalogue/endings.ts'
import { ERASURE } from './catalogue/erasure.ts'
import { FAILOVER } from './catalogue/failover.ts'
import { FLEET } from './catalogue/fleet.ts'
import { HEALTH } from './catalogue/health.ts'
import { INCOMING } from './catalogue/incoming.ts'
import { KEYS } from './catalogue/keys.ts'
import { KINDS } from './catalogue/kinds.ts'
import { LOG } from './catalogue/log.ts'
import { CLEAN_UP } from './catalogue/clean-up.ts'
import { MOVING } from './catalogue/moving.ts'
import { MEDIA } from './catalogue/media.ts'
import { MESSAGES } from './catalogue/messages.ts'
import { OUTAGES } from './catalogue/outages.ts'
import { OUTPUT } from './catalogue/output.ts'
import { PACE } from './catalogue/pace.ts'
import { QUEUE_API } from './catalogue/queue-api.ts'
import { QUEUE_LIFE } from './catalogue/queue-life.ts'
import { RECOVERY } from './catalogue/recovery.ts'
import { SECRECY } from './catalogue/secrecy.ts'
import { TENANTS } from './catalogue/tenants.ts'
import { VAULT } from './catalogue/vault.ts'
import { WEBHOOKS } from './catalogue/webhooks.ts'
import type { Mutant } from './mutant.ts'

export const CATALOGUE: readonly Mutant[] = [
  OUTPUT,
  MESSAGES,
  KINDS,
  INCOMING,
  LOG,
  ENDINGS,
  ERASURE,
  SECRECY,
  BESIDE,
  PACE,
  API,
  QUEUE_API,
  QUEUE_LIFE,
  FAILOVER,
  FLEET,
  HEALTH,
  OUTAGES,
  RECOVERY,
  TENANTS,
  DEPLOYMENT,
  DIRECTORY,
  EMBEDDED,
  DOCTOR,
  ALERTS,
  WEBHOOKS,
  MOVING,
  CLEAN_UP,
  MEDIA,
  KEYS,
  VAULT,
].flat()

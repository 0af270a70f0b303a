import type { Target } from './target.ts'
import { CONTENT_TARGETS } from './targets/contents.ts'
import { DOCUMENTS } from './targets/documents.ts'
import { IMPORTS } from './targets/imports.ts'
import { REQUESTS } from './targets/requests.ts'
import { STORED_STATE } from './targets/stored-state.ts'
import { VAULT } from './targets/vault.ts'
import { WEBHOOK_ANSWERS } from './targets/webhook-answers.ts'
import { WIRE } from './targets/wire.ts'

export const TARGETS: readonly Target[] = [
  ...STORED_STATE,
  ...VAULT,
  ...DOCUMENTS,
  ...WIRE,
  ...CONTENT_TARGETS,
  ...IMPORTS,
  ...REQUESTS,
  ...WEBHOOK_ANSWERS,
]

import type { Target } from './target.ts'
import { DOCUMENTS } from './targets/documents.ts'
import { REQUESTS } from './targets/requests.ts'
import { STORED_STATE } from './targets/stored-state.ts'
import { WIRE } from './targets/wire.ts'

export const TARGETS: readonly Target[] = [...STORED_STATE, ...DOCUMENTS, ...WIRE, ...REQUESTS]

import { ApiError } from './errors.ts'

export interface Preconditions {
  generationMatch: string | null
  generationNotMatch: string | null
  metagenerationMatch: string | null
  metagenerationNotMatch: string | null
}

/** `ifGenerationMatch` and its variants; the source of a rewrite has `ifSourceGenerationMatch` and so on. */
export function preconditionsOf(query: URLSearchParams, whose: '' | 'Source' = ''): Preconditions {
  return {
    generationMatch: query.get(`if${whose}GenerationMatch`),
    generationNotMatch: query.get(`if${whose}GenerationNotMatch`),
    metagenerationMatch: query.get(`if${whose}MetagenerationMatch`),
    metagenerationNotMatch: query.get(`if${whose}MetagenerationNotMatch`),
  }
}

/** Throws 412, or 304 for a read of an unchanged version. A missing object has generation 0. */
export function checkPreconditions(
  current: { generation: string; metageneration: string } | undefined,
  wanted: Preconditions,
  access: 'read' | 'write',
): void {
  const generation = current?.generation ?? '0'
  const metageneration = current?.metageneration ?? null
  if (wanted.generationMatch !== null && wanted.generationMatch !== generation) throw conditionNotMet()
  if (wanted.metagenerationMatch !== null && wanted.metagenerationMatch !== metageneration) throw conditionNotMet()
  const unchanged =
    wanted.generationNotMatch === generation ||
    (wanted.metagenerationNotMatch !== null && wanted.metagenerationNotMatch === metageneration)
  if (unchanged) throw access === 'read' ? new ApiError(304, 'notModified', 'Not Modified') : conditionNotMet()
}

const conditionNotMet = () =>
  new ApiError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.')

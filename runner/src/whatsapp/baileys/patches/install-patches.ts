import type { Clock } from '@holdfast/core/platform/ports'
import { silenceConsole } from './console-guard.ts'
import { patchCurve } from './fast-curve.ts'
import { patchMediaDownloads } from './media-downloads.ts'
import { assertLibraries } from '../compatibility.ts'
import { patchSessionTrials } from './session-trials.ts'
import { type SignatureCheck, patchSignatureCheck } from './signature-check.ts'

/** Patches the known defects of the pinned Baileys and libsignal. A process calls it once, before the first socket. */
export async function installPatches(options: {
  clock: Clock
  signatureCheck: SignatureCheck
  onInvalidSignature: () => void
}): Promise<void> {
  await assertLibraries()
  silenceConsole()
  patchSessionTrials()
  patchCurve()
  patchMediaDownloads(options.clock)
  patchSignatureCheck(options.signatureCheck, options.onInvalidSignature)
}

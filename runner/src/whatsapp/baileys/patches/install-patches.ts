import type { Clock } from '@holdfast/core/platform/ports'
import { silenceConsole } from './console-guard.ts'
import { mendMediaDownloads } from './media-downloads.ts'
import { assertLibraries } from '../compatibility.ts'
import { mendSessionTrials } from './session-trials.ts'
import { type SignatureCheck, mendSignatureCheck } from './signature-check.ts'

/** Mends the known defects of the pinned Baileys and libsignal, once per process and before the first socket. */
export async function installMends(options: {
  clock: Clock
  signatureCheck: SignatureCheck
  onInvalidSignature: () => void
}): Promise<void> {
  await assertLibraries()
  silenceConsole()
  mendSessionTrials()
  mendMediaDownloads(options.clock)
  mendSignatureCheck(options.signatureCheck, options.onInvalidSignature)
}

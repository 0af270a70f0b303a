import { silenceConsole } from './console-guard.ts'
import { mendSessionTrials } from './signal-session-mend.ts'
import { type SignatureCheck, mendSignatureCheck } from './signature-check.ts'

/** Mends the known defects of the pinned Baileys and libsignal, once per process and before the first socket. */
export function installMends(options: { signatureCheck: SignatureCheck; onInvalidSignature: () => void }): void {
  silenceConsole()
  mendSessionTrials()
  mendSignatureCheck(options.signatureCheck, options.onInvalidSignature)
}

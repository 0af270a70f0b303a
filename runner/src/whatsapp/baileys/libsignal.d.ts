declare module 'libsignal/src/session_cipher.js' {
  interface SignalSession {
    readonly indexInfo: { used: number }
    pendingPreKey?: unknown
    serialize(): unknown
    readonly constructor: { deserialize(data: unknown): SignalSession }
  }

  class SessionCipher {
    doDecryptWhisperMessage(data: Buffer, session: SignalSession): Promise<Buffer>
    decryptWithSessions(data: Buffer, sessions: SignalSession[]): Promise<{ session: SignalSession; plaintext: Buffer }>
  }

  export { SignalSession }
  export default SessionCipher
}

declare module 'libsignal/src/curve.js' {
  export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
}

declare module 'libsignal/src/errors.js' {
  export class SessionError extends Error {}
}

/** When the sessions of a runner last heard anything, by the monotonic clock. Others that hear show that WhatsApp delivers. */
export class HearingPeers {
  readonly #heardAtMs = new Map<string, number>()

  heard(sessionId: string, atMs: number): void {
    this.#heardAtMs.set(sessionId, atMs)
  }

  left(sessionId: string): void {
    this.#heardAtMs.delete(sessionId)
  }

  /** Whether any other session has heard something since then. Null when no other one has ever heard anything. */
  othersHeardSince(sessionId: string, sinceMs: number): boolean | null {
    const others = [...this.#heardAtMs].filter(([id]) => id !== sessionId)
    return others.length === 0 ? null : others.some(([, atMs]) => atMs >= sinceMs)
  }
}

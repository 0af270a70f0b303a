/** Ports to hosts that are neither Google's nor WhatsApp's: webhooks, chat services, mail servers. */

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST'
  /** An http or https address. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** `status`: the body of the answer is of no interest, however long it is, and is empty in the result. Absent: all. */
  readonly reads?: 'all' | 'status'
}

export interface OutgoingAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface OutgoingMail {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  /** Plain text. */
  readonly text: string
  /** Without the angle brackets. A repeated mail has the same, so that mail programs show it once. */
  readonly messageId: string
}

export interface MailServer {
  readonly host: string
  readonly port: number
  /**
   * implicit  TLS from the first byte (port 465)
   * required  STARTTLS, or no mail
   * none      no TLS: for a server on the same host
   */
  readonly tls: 'implicit' | 'required' | 'none'
  readonly user: string | null
  readonly password: string | null
}

export interface OutgoingHttp {
  /**
   * Sends a request and returns the answer, whatever its status. A redirect is an answer and is not followed.
   *
   * @throws HoldfastError `address-refused` when the address points inside, or is none that may be called; `no-answer` otherwise
   */
  request(request: OutgoingRequest): Promise<OutgoingAnswer>
}

export interface OutgoingMails {
  /** @throws HoldfastError `address-refused`, `mail-refused` when the server refuses the mail for good, `no-answer` otherwise */
  send(server: MailServer, mail: OutgoingMail): Promise<void>
}

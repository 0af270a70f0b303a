import { createTransport } from 'nodemailer'
import { HoldfastError, isHoldfastError, messageOf } from '../../platform/errors.ts'
import type { MailServer, OutgoingMail, OutgoingMails } from '../../platform/outgoing.ts'
import { connectChecked, type Resolve, settled } from './checked-connection.ts'
import type { MayConnect } from './inside-addresses.ts'

const CONNECT_MS = 5000
const ANSWER_MS = 10_000

/** Mails over SMTP. The server is checked like every host outside. */
export class SafeMails implements OutgoingMails {
  readonly #mayConnect: MayConnect
  readonly #resolve: Resolve | undefined

  constructor({ mayConnect, resolve }: { mayConnect: MayConnect; resolve?: Resolve }) {
    this.#mayConnect = mayConnect
    this.#resolve = resolve
  }

  async send(server: MailServer, { messageId, to, ...mail }: OutgoingMail): Promise<void> {
    const transport = this.#transportTo(server)
    try {
      await transport.sendMail({ ...mail, to: [...to], messageId: `<${messageId}>` })
    } catch (error) {
      throw inOurWords(error, server.host)
    } finally {
      transport.close()
    }
  }

  #transportTo({ host, port, tls, user, password }: MailServer) {
    return createTransport({
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'required',
      ignoreTLS: tls === 'none',
      ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
      greetingTimeout: CONNECT_MS,
      socketTimeout: ANSWER_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
      getSocket: (_, done) => {
        const resolve = this.#resolve ? { resolve: this.#resolve } : {}
        const connection = connectChecked({ host, port, timeoutMs: CONNECT_MS, mayConnect: this.#mayConnect, ...resolve })
        void settled(connection, (error, socket) => done(error, socket ? { connection: socket } : false))
      },
    })
  }
}

/** SMTP's answers from 500 on are final. */
const FIRST_FINAL = 500

function inOurWords(error: unknown, host: string): HoldfastError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (isHoldfastError(cause)) return cause
  const answer = (error as { responseCode?: unknown } | null)?.responseCode
  const isFinal = typeof answer === 'number' && answer >= FIRST_FINAL
  const code = isFinal ? 'mail-refused' : 'no-answer'
  return new HoldfastError(code, `The mail server ${host} did not take the mail: ${messageOf(error)}`)
}
